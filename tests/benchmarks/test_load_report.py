"""The report of the load test says what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.load_questions import QUESTIONS, problem_of
from benchmarks.load_report import Long, Memory, Stage, compared_turns, draw, growth, read_stage, render, turn_medians
from programme_chatbot.answers import NOTICE_TOPIC
from programme_chatbot.knowledge.topics import BY_ID

STAGES = [
    Stage(1, 12, 0.1, 52.0, 81.0, 90.0, {}, 0.0),
    Stage(200, 2400, 18.25, 640.0, 2400.0, 9800.0, {"HTTP 504 timeout": 3, "HTTP 409 busy": 1}, 1.25),
]
MEMORY = Memory([100, 200, 300], [800.0, 810.0, 815.0], [57.0, 57.0, 57.0], 20.0, 2, 0.5)
LONG = Long([[90.0] + [40.0] * 23, [95.0] + [60.0] * 23, [92.0] + [50.0] * 22 + [70.0]], 0, 0.0)
HEAD = "Type,Name,Request Count,Failure Count,Requests/s,50%,95%,99%\n"


def reply(topic: str, status: str) -> dict[str, str]:
    return {"topic": topic, "status": status, "text": "something"}


@pytest.fixture
def report() -> str:
    return render("2 cores", STAGES, MEMORY, LONG, "load.png")


def test_the_questions_are_different_and_expect_topics_that_exist() -> None:
    assert len({text for text, _ in QUESTIONS}) == len(QUESTIONS)
    assert all(topic in BY_ID for _, topic in QUESTIONS)


def test_an_answer_to_the_question_is_no_problem_with_or_without_the_notice() -> None:
    answer = reply("fees.tuition", "answered")
    assert problem_of(200, {"messages": [answer]}, "fees.tuition") == ""
    assert problem_of(200, {"messages": [reply(NOTICE_TOPIC, "social"), answer]}, "fees.tuition") == ""


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, {"messages": []}, "fees.tuition expected, given: nothing"),
        (200, {"messages": [reply("fees.tuition", "unknown")]}, "fees.tuition expected, given: fees.tuition unknown"),
        (200, {"messages": [reply("", "failed")]}, "fees.tuition expected, given:  failed"),
        (
            200,
            {"messages": [reply("fees.tuition", "answered"), reply("unknown", "clarify")]},
            "fees.tuition expected, given: fees.tuition answered, unknown clarify",
        ),
        (504, {"error": {"code": "timeout", "message": "It took too long."}}, "HTTP 504 timeout"),
        (200, None, "HTTP 200 no answer"),
        (0, None, "HTTP 0 no answer"),
    ],
)
def test_anything_else_is_a_problem(status: int, body: dict[str, object] | None, problem: str) -> None:
    assert problem_of(status, body, "fees.tuition") == problem


def test_what_locust_has_written_is_read(tmp_path: Path) -> None:
    statistics, failures = tmp_path / "stats.csv", tmp_path / "failures.csv"
    statistics.write_text(
        f"{HEAD}POST,/messages,600,2,5.5,61,97,120\nPOST,/session,50,1,0.4,5,9,12\n,Aggregated,650,3,\n"
    )
    failures.write_text(
        "Method,Name,Error,Occurrences\nPOST,/messages,HTTP 504 timeout,2\nPOST,/session,HTTP 504 timeout,1\n"
    )
    stage = read_stage(50, 0.5, statistics, failures)
    assert stage == Stage(50, 600, 5.5, 61.0, 97.0, 120.0, {"HTTP 504 timeout": 3}, 0.5)


def test_visitors_who_asked_nothing_are_an_error(tmp_path: Path) -> None:
    statistics = tmp_path / "stats.csv"
    statistics.write_text(HEAD)
    with pytest.raises(ValueError, match="asked nothing"):
        read_stage(1, 0.0, statistics, statistics)


def test_the_table_has_a_row_for_each_number_of_visitors_and_every_failure_is_named(report: str) -> None:
    assert "| 1 | 12 | 0.1 | 52 ms | 81 ms | 90 ms | 0 | 0.0 |" in report
    assert "| 200 | 2,400 | 18.2 | 640 ms | 2.4 s | 9.8 s | 4 | 1.2 |" in report
    assert "- 200 visitors, 3 times: HTTP 504 timeout" in report
    assert "- 200 visitors, 1 times: HTTP 409 busy" in report


def test_memory_is_told_as_first_last_and_growth_of_the_second_half(report: str) -> None:
    assert growth(MEMORY, MEMORY.rasa) == 50.0
    assert "| Rasa | 800 MB | 815 MB | +50.0 MB |" in report
    assert "| action server | 57 MB | 57 MB | +0.0 MB |" in report
    assert "300 in 20 s, which is\n15.0 a second. Failures: 2." in report


def test_one_look_at_the_memory_shows_no_growth() -> None:
    assert growth(Memory([100], [800.0], [57.0], 5.0, 0, 0.0), [800.0]) == 0.0


def test_turns_are_compared_that_ask_the_same_question(report: str) -> None:
    assert compared_turns(200) == [2, 46, 101, 200]
    assert all((turn - 2) % len(QUESTIONS) == 0 for turn in compared_turns(1000))
    assert compared_turns(2) == [2]
    assert turn_medians(LONG)[:2] == [92.0, 50.0]
    assert "| turn 2 | turn 13 | turn 24 |" in report
    assert "| 50 ms | 50 ms | 60 ms |" in report


def test_the_picture_is_drawn(tmp_path: Path, report: str) -> None:
    draw(STAGES, MEMORY, LONG, tmp_path / "load.png")
    assert (tmp_path / "load.png").read_bytes().startswith(b"\x89PNG")
    assert "(load.png)" in report
