"""An evaluation reports what it measured, and a run that does not end leaves the last report in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from programme_chatbot.cli import main
from programme_chatbot.evaluation import command, figures
from programme_chatbot.evaluation.cases import Case
from programme_chatbot.evaluation.judging import Message, faults, refuses
from programme_chatbot.evaluation.report import write_report
from programme_chatbot.evaluation.running import BotUnreachableError, Result, TurnResult
from programme_chatbot.evaluation.thresholds import EvaluationThresholds, ThresholdError, load_thresholds
from programme_chatbot.launcher import free_port

CASES = "- slice: single\n  say: when does it close?\n  topic: deadlines.last_day\n"


def result(slice_: str, topic: str, message: Message) -> Result:
    case = Case(slice=slice_, say=f"about {topic}", topic=topic, place="cases.yml:1")
    turn = case.turns[0]
    messages = (message,)
    return Result(case, (TurnResult(turn, turn.say, messages, tuple(faults(turn, messages)), refuses(turn, messages)),))


CLOSE = Message("15 January 2026", "deadlines.last_day", "answered", 0.9)
REFUSAL = Message("I don't know.", "fees.tuition", "unknown", 0.3)
RESULTS = [
    *(result("single", "deadlines.last_day", CLOSE) for _ in range(8)),
    result("single", "fees.tuition", REFUSAL),
    result("noisy", "deadlines.results", CLOSE),
]


def test_shares_come_with_a_wilson_interval() -> None:
    share = figures.by_slice(RESULTS)["single"]
    assert (share.count, share.total) == (8, 9)
    # Wilson 1927 for 8 of 9 at 95 %, computed by hand.
    assert share.interval == pytest.approx((0.5650, 0.9801), abs=1e-4)


def test_refusals_and_confusions_are_counted() -> None:
    assert figures.refused(RESULTS).count == 1
    assert figures.confusions(RESULTS)[0] == ("fees.tuition", "fees.tuition", 1)
    assert ("deadlines.results", "deadlines.last_day", 1) in figures.confusions(RESULTS)


def test_calibration_groups_replies_by_confidence() -> None:
    low, high = figures.calibration(RESULTS)
    assert (low[0], low[2].count) == (0.3, 0)
    assert (high[0], high[2].count, high[2].total) == (0.9, 8, 9)


def test_missed_thresholds_are_told() -> None:
    limits = EvaluationThresholds(right={"single": 0.95, "noisy": 0.0, "social": 0.9}, refused=0.05)
    assert limits.missed(RESULTS) == [
        "single: 88.9% right, at least 95.0% are demanded.",
        "10.0% of what has an answer was refused, at most 5.0% may be.",
    ]


def test_a_malformed_file_of_thresholds_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yml"
    file.write_text("right:\n  singel: 0.9\nrefused: 0.1\n", encoding="utf-8")
    with pytest.raises(ThresholdError, match=r"thresholds\.yml:1"):
        load_thresholds(file)


def test_the_report_holds_every_failure_with_its_reply_and_pictures(tmp_path: Path) -> None:
    report = write_report(RESULTS, tmp_path, ["single: too few."], title="Evaluation").read_text(encoding="utf-8")
    assert "| single | 8 of 9 | 88.9% | 56.5% to 98.0% |" in report
    assert "**Thresholds missed:** single: too few." in report
    assert "> about fees.tuition" in report
    assert "I don't know." in report
    assert {file.name for file in tmp_path.iterdir()} == {
        "evaluation.md",
        "evaluation-areas.png",
        "evaluation-confidence.png",
    }


def test_an_evaluation_of_a_server_that_is_down_says_so_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.yml"
    cases.write_text(CASES, encoding="utf-8")
    address = f"http://127.0.0.1:{free_port()}/webhooks/rest/"
    assert main(["evaluate", str(cases), "--address", address, "--report", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith(f"Nothing answers at {address}webhook")


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), BotUnreachableError("It is gone.")])
def test_an_interrupted_evaluation_leaves_the_last_report_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    cases, report = tmp_path / "cases.yml", tmp_path / "evaluation.md"
    cases.write_text(CASES, encoding="utf-8")
    report.write_text("the last complete report", encoding="utf-8")

    def interrupted(*_: object, **__: object) -> list[Result]:
        raise failure

    monkeypatch.setattr(command, "results_of", interrupted)
    assert main(["evaluate", str(cases), "--report", str(tmp_path)]) == 1
    assert report.read_text(encoding="utf-8") == "the last complete report"


def test_each_file_has_shares_of_its_own() -> None:
    shares = figures.by_file(RESULTS)
    assert {name: (share.count, share.total) for name, share in shares.items()} == {
        "cases.yml, noisy": (0, 1),
        "cases.yml, single": (8, 9),
    }
