"""Case files are read strictly, and replies are judged as a careful person would."""

from __future__ import annotations

from pathlib import Path

import pytest

from programme_chatbot.cli import main
from programme_chatbot.evaluation.cases import CaseError, Turn, load_cases
from programme_chatbot.evaluation.judging import Message, faults, refuses
from programme_chatbot.settings import PROJECT_FOLDER

CLOSE = Message("It closes on 15 January 2026.", "deadlines.last_day", "answered", 0.9)
FEE = Message("I don't know the fee; in general it is SEK 342,000.", "fees.tuition", "unknown", 0.9)


def turn(**keys: object) -> Turn:
    return Turn(**{"say": "x", **keys})


def test_there_are_at_least_700_cases_and_all_slices() -> None:
    cases = load_cases([PROJECT_FOLDER / "tests" / "evaluation"])
    assert len(cases) >= 700
    slices = {"single", "noisy", "multiple", "dialogue", "out_of_scope", "near_miss", "social", "dates"}
    assert {case.slice for case in cases} == slices


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("- slice: single\n  say: x\n  topic: deadlines.lastday\n", 3, "'deadlines.lastday' is not a topic"),
        ("- slice: singel\n  say: x\n", 1, "unexpected value"),
        ("- slice: single\n  say: x\n\n- slice: single\n  sayy: y\n", 5, "extra fields not permitted"),
        ("- slice: single\n  say: x\n  status: maybe\n", 3, "unexpected value"),
        ("- slice: single\n  topic: social.greet\n", 1, "a turn needs either `say`"),
        ("- slice: single\n  say: x\n  today: soon\n", 3, "invalid date format"),
        ("- just a text\n", 1, "not a case"),
        ("slice: single\n", 1, "the file holds no list"),
        ("- slice: [single\n", 2, "broken YAML"),
        ("", 1, "the file is empty"),
    ],
)
def test_a_malformed_case_file_is_told_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, line: int, what: str
) -> None:
    file = tmp_path / "cases.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        load_cases([file])
    assert what in str(caught.value)
    assert main(["evaluate", str(file)]) == 1
    assert f"{file}:{line}" in capsys.readouterr().err


def test_a_missing_case_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path / "none.yml")]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expected", "messages", "wrong"),
    [
        ({"topic": "deadlines.last_day", "must": ["15 JANUARY 2026"]}, [CLOSE], []),
        ({"topic": "fees.tuition"}, [CLOSE], ["topic deadlines.last_day instead of fees.tuition"]),
        ({"must": [["2 February", "15 January"]]}, [CLOSE], []),
        ({"must": ["2 February"]}, [CLOSE], ["the reply lacks '2 February'"]),
        ({"must_not": ["15 January"]}, [CLOSE], ["the reply holds '15 January'"]),
        ({"status": "out_of_scope"}, [CLOSE], ["status answered instead of out_of_scope"]),
        ({"status": "out_of_scope"}, [FEE], []),
        ({}, [], ["no answer came"]),
        ({}, [CLOSE, FEE], ["an answer that was not asked for (fees.tuition)"]),
        ({"parts": [{"topic": "deadlines.last_day"}, {"status": "unknown"}]}, [CLOSE, FEE], []),
        ({"parts": [{"must": ["15 January"]}, {"must": ["closes"]}]}, [CLOSE], []),
        (
            {"parts": [{"topic": "fees.tuition", "status": "unknown"}, {"topic": "deadlines.last_day"}]},
            [CLOSE, FEE],
            ["status unknown instead of answered"],
        ),
    ],
)
def test_a_reply_is_judged(expected: dict[str, object], messages: list[Message], wrong: list[str]) -> None:
    assert faults(turn(**expected), messages) == wrong


def test_to_refuse_means_to_give_no_answer_where_there_is_one() -> None:
    assert refuses(turn(), [FEE])
    assert not refuses(turn(), [CLOSE])
    assert not refuses(turn(status="unknown"), [FEE])
    assert not refuses(turn(), [Message("Which one?", "dialogue.unclear", "clarify")])
