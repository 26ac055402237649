"""The report of the load test: a table, what it means, and one picture."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib

from benchmarks.load_questions import PAUSE, QUESTIONS

matplotlib.use("Agg")  # no display is needed
from matplotlib import pyplot as plt

_BLUE, _ORANGE, _GREY = "#004791", "#d85497", "#707070"
_DPI = 110
_SMOOTHED = len(QUESTIONS)  # turns; so that each point of the picture is about the same questions


@dataclass(frozen=True)
class Stage:
    """So many visitors at once, as Locust saw them; times in milliseconds.

    Args:
        users: how many visitors.
        turns: how many questions they asked.
        per_second: how many in a second.
        median: half of the turns took no longer.
        slow: 95 of 100 took no longer.
        slowest: 99 of 100 took no longer.
        failures: what went wrong, and how often.
        others: how many cores other programs used meanwhile.
    """

    users: int
    turns: int
    per_second: float
    median: float
    slow: float
    slowest: float
    failures: dict[str, int]
    others: float


@dataclass(frozen=True)
class Memory:
    """Memory of the servers while short conversations come and go.

    Args:
        conversations: after how many conversations it was looked at.
        rasa: megabytes of Rasa then.
        actions: megabytes of the action server then.
        seconds: how long all conversations took.
        failures: how many replies were not the expected answer.
        others: how many cores other programs used meanwhile.
    """

    conversations: list[int]
    rasa: list[float]
    actions: list[float]
    seconds: float
    failures: int
    others: float


@dataclass(frozen=True)
class Long:
    """Conversations of many turns.

    Args:
        turns: of each conversation, the milliseconds of each turn.
        failures: how many replies were not the expected answer.
        others: how many cores other programs used meanwhile.
    """

    turns: list[list[float]]
    failures: int
    others: float


def read_stage(users: int, others: float, statistics_file: Path, failures_file: Path) -> Stage:
    """Reads what Locust has written with --csv.

    Args:
        users: how many visitors there were.
        others: how many cores other programs used meanwhile.
        statistics_file: the file that ends with _stats.csv.
        failures_file: the file that ends with _failures.csv.

    Raises:
        ValueError: if no question was asked.
    """
    rows = {row["Name"]: row for row in _rows(statistics_file)}
    if "/messages" not in rows:
        raise ValueError(f"The {users} visitors asked nothing; is the time too short?")
    row = rows["/messages"]
    failures: dict[str, int] = {}
    for failure in _rows(failures_file):
        failures[failure["Error"]] = failures.get(failure["Error"], 0) + int(failure["Occurrences"])
    times = (float(row[name]) for name in ("50%", "95%", "99%"))
    return Stage(users, int(row["Request Count"]), float(row["Requests/s"]), *times, failures, others)


def turn_medians(long: Long) -> list[float]:
    """Returns the median over the conversations of each turn."""
    return [statistics.median(times) for times in zip(*long.turns, strict=True)]


def compared_turns(turns: int) -> list[int]:
    """Returns which turns to show: the second, some between and the last, all with the same question."""
    alike = range(2, turns + 1, len(QUESTIONS))
    return sorted({alike[0], alike[len(alike) // 4], alike[len(alike) // 2], alike[-1]})


def growth(memory: Memory, megabytes: Sequence[float]) -> float:
    """Returns by how many megabytes a server grew in the second half, for each 1,000 conversations."""
    half = len(megabytes) // 2
    conversations = memory.conversations[-1] - memory.conversations[half]
    return 1000 * (megabytes[-1] - megabytes[half]) / conversations if conversations else 0.0


def render(machine: str, stages: list[Stage], memory: Memory, long: Long, picture: str) -> str:
    """Returns the report as Markdown.

    Args:
        machine: what it was measured on.
        stages: visitors at once.
        memory: the servers' memory.
        long: long conversations.
        picture: name of the picture's file.
    """
    return f"""# Load

Made by `make load-test` on {machine}: one Rasa, one action server, SQLite, and the visitors, all on this machine.
They ask {len(QUESTIONS)} different questions in turn, and check that each reply is the answer to its question. The
limits of messages a minute are raised, as all have one address; an answer may take no longer than usual (10 s).
"Others" is how many cores other programs used meanwhile: without them times would be shorter.

![Times, memory and long conversations]({picture})

## Visitors at once

{_visitors(stages)}

## Memory

{_memory(memory)}

## Long conversations

{_long(long)}
"""


def _visitors(stages: list[Stage]) -> str:
    rows = [
        [
            *(f"{stage.users}", f"{stage.turns:,}", f"{stage.per_second:.1f}"),
            *(_time(time) for time in (stage.median, stage.slow, stage.slowest)),
            *(f"{sum(stage.failures.values()):,}", _cores(stage.others)),
        ]
        for stage in stages
    ]
    failures = [
        f"- {stage.users} visitors, {count:,} times: {what}"
        for stage in stages
        for what, count in sorted(stage.failures.items())
    ]
    table = _table(["visitors", "turns", "a second", "median", "95 %", "99 %", "failures", "others"], rows)
    text = f"""Each has one conversation, and pauses {PAUSE[0]} to {PAUSE[1]} seconds between two questions.

{table}

Where there are few turns, the last percentiles are the slowest turn. Locust rounds times to two digits."""
    return "\n".join([text, "", *failures]) if failures else text


def _memory(memory: Memory) -> str:
    first, last = memory.conversations[0], memory.conversations[-1]
    rows = [
        [name, f"{values[0]:.0f} MB", f"{values[-1]:.0f} MB", f"{growth(memory, values):+.1f} MB"]
        for name, values in (("Rasa", memory.rasa), ("action server", memory.actions))
    ]
    head = ["", f"after {first:,} conversations", f"after {last:,}", "growth for each 1,000, second half"]
    return f"""Conversations of one question, four at once without pauses: {last:,} in {memory.seconds:.0f} s, which is
{last / memory.seconds:.1f} a second. Failures: {memory.failures}. Others: {_cores(memory.others)}.

{_table(head, rows)}"""


def _long(long: Long) -> str:
    medians = turn_medians(long)
    turns = compared_turns(len(medians))
    table = _table([f"turn {turn}" for turn in turns], [[_time(medians[turn - 1]) for turn in turns]])
    return f"""Medians over {len(long.turns)} conversations of {len(medians)} turns, one after another, without pauses.
The turns of the table ask the same question. Failures: {long.failures}. Others: {_cores(long.others)}.

{table}"""


def draw(stages: list[Stage], memory: Memory, long: Long, file: Path) -> None:
    """Draws times by visitors, memory by conversations, and times by turns."""
    figure, (times, sizes, turns) = plt.subplots(1, 3, figsize=(13, 3.8))
    names = [str(stage.users) for stage in stages]
    for part, name, colour, marker in (
        ("slowest", "99 %", _GREY, "^"),
        ("slow", "95 %", _ORANGE, "s"),
        ("median", "median", _BLUE, "o"),
    ):
        values = [getattr(stage, part) / 1000 for stage in stages]
        times.plot(names, values, label=name, color=colour, marker=marker)
    times.set_yscale("log")
    times.set_ylim(0.01, 10)  # where answers are given up
    times.yaxis.set_major_formatter("{x:g}")
    times.set_xlabel("visitors at once")
    times.set_ylabel("seconds of a turn")
    times.legend()
    for megabytes, name, colour in ((memory.rasa, "Rasa", _BLUE), (memory.actions, "action server", _ORANGE)):
        sizes.plot(memory.conversations, megabytes, label=name, color=colour)
    sizes.set_ylim(bottom=0)
    sizes.set_xlabel("conversations")
    sizes.set_ylabel("megabytes")
    sizes.legend()
    medians = turn_medians(long)[1:]  # the first turn has the notice, too
    shown = range(0, max(len(medians) - _SMOOTHED, 0) + 1, _SMOOTHED)
    turns.plot(
        [start + 2 for start in shown],
        [statistics.median(medians[start : start + _SMOOTHED]) for start in shown],
        color=_BLUE,
        marker="o",
        markersize=3,
    )
    turns.set_ylim(0, 1.2 * max(medians))
    turns.set_xlabel("turn of a conversation")
    turns.set_ylabel("milliseconds (median)")
    figure.tight_layout()
    figure.savefig(file, dpi=_DPI, metadata={"Software": None})
    plt.close(figure)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _cores(cores: float) -> str:
    return f"{max(cores, 0):.1f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---:"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
