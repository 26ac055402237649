"""Writes the report of an evaluation: Markdown and pictures, all at once or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from programme_chatbot.evaluation import figures
from programme_chatbot.evaluation.figures import Share
from programme_chatbot.evaluation.pictures import draw_confidences, draw_confusions
from programme_chatbot.evaluation.running import Result, TurnResult

REPORT = "evaluation.md"
_WORST_CONFUSIONS = 20
_COMMAND = "make evaluate"


def write_report(results: list[Result], folder: Path, missed: Sequence[str], *, title: str, name: str = REPORT) -> Path:
    """Writes the report and its pictures into a folder, replacing those of the last complete run.

    Args:
        results: the results.
        folder: the folder; created if there is none.
        missed: the thresholds that were not reached, as sentences.
        title: heading of the report.
        name: name of the Markdown file; the pictures' names begin with its stem.

    Returns:
        The Markdown file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = Path(name).stem
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as temporary:
        new = Path(temporary)
        draw_confusions(results, new / f"{stem}-areas.png")
        draw_confidences(results, new / f"{stem}-confidence.png")
        (new / name).write_text(_markdown(results, missed, title, stem), encoding="utf-8")
        for file in sorted(new.iterdir()):  # complete by now
            shutil.move(str(file), str(folder / file.name))
    return folder / name


def summary(results: Sequence[Result]) -> str:
    """Returns the shares by slice as lines of text."""
    shares = figures.by_slice(results)
    lines = [f"  {name:<14} {_share(share)}" for name, share in shares.items()]
    return "\n".join([*lines, f"  {'refused':<14} {_share(figures.refused(results))} of what has an answer"])


def _markdown(results: list[Result], missed: Sequence[str], title: str, stem: str) -> str:
    failures = [result for result in results if not result.is_right]
    sections = [
        f"# {title}",
        f"{len(results)} cases of `tests/evaluation`, put to the trained bot over REST. A case is right if each reply "
        "in it has the right status and topic, holds what it must, and nothing that it must not. "
        f"Made by `{_COMMAND}`; what the slices mean: [tests/evaluation/README.md](../tests/evaluation/README.md).",
        "All thresholds are reached." if not missed else "**Thresholds missed:** " + " ".join(missed),
        "## Slices\n\n" + _table(("slice", "right", "share", "95 % interval"), map(_slice_row, _slices(results))),
        "## Files\n\nThe last letter tells whether a set has been looked at: tests/evaluation/README.md.\n\n"
        + _table(("file, slice", "right", "share", "95 % interval"), map(_slice_row, figures.by_file(results).items())),
        "## Topics\n\nTurns with one question, worst first; topics without a failure are left out.\n\n"
        + _table(
            ("topic", "right", "share", "95 % interval"),
            (_slice_row(item) for item in figures.by_topic(results).items() if item[1].count < item[1].total),
        ),
        "## Worst confusions\n\n"
        + _table(
            ("expected", "reply", "times"),
            ((a, b, str(count)) for a, b, count in figures.confusions(results)[:_WORST_CONFUSIONS]),
        )
        + f"\n\n![Areas of questions and replies]({stem}-areas.png)",
        "## Calibration\n\nA reply of confidence .8 should be right in eight cases of ten.\n\n"
        + _table(
            ("confidence from", "mean", "right", "share", "95 % interval"),
            (
                (f"{low:.1f}", f"{mean:.2f}", *_slice_row(("", share))[1:])
                for low, mean, share in figures.calibration(results)
            ),
        )
        + f"\n\n![Confidence in and out of scope]({stem}-confidence.png)",
        f"## Failures ({len(failures)})",
        *map(_failure, failures),
    ]
    return "\n\n".join(sections) + "\n"


def _slices(results: Sequence[Result]) -> list[tuple[str, Share]]:
    refused = figures.refused(results)
    return [*figures.by_slice(results).items(), ("refused although there is an answer (turns)", refused)]


def _slice_row(item: tuple[str, Share]) -> tuple[str, str, str, str]:
    name, share = item
    low, high = share.interval
    return name, f"{share.count} of {share.total}", f"{share.value:.1%}", f"{low:.1%} to {high:.1%}"


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.count:>4} of {share.total:<4} {share.value:>6.1%}  (95 % interval {low:.1%} to {high:.1%})"


def _table(head: Sequence[str], rows: object) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])  # type: ignore[attr-defined]


def _failure(result: Result) -> str:
    case = result.case
    head = f"### {case.place} · {case.slice} · {case.today}" + (f" · {case.who}" if case.who else "")
    return "\n\n".join([head, *(_turn(turn) for turn in result.turns)])


def _turn(turn: TurnResult) -> str:
    said = "\n".join(f"> {line}" for line in turn.said.splitlines())
    replies = "\n".join(
        f"- `{message.topic}` {message.status} ({message.confidence:.2f}): {' '.join(message.text.split())}"
        for message in turn.messages
    )
    verdict = f"**Wrong: {'; '.join(turn.faults)}.**" if turn.faults else "Right."
    return "\n\n".join(part for part in (said, verdict, replies) if part)
