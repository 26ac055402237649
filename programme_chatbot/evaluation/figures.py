"""What the results of an evaluation say in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath
from typing import get_args

from scipy.stats import binomtest

from programme_chatbot.evaluation.cases import Slice
from programme_chatbot.evaluation.running import Result, TurnResult
from programme_chatbot.knowledge.topics import OUT_OF_SCOPE_AREA

SLICES: tuple[str, ...] = get_args(Slice)
_BINS = 10


@dataclass(frozen=True)
class Share:
    """A share with its uncertainty.

    Args:
        count: how many have the property.
        total: of how many.
    """

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of none."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval after Wilson (1927), which holds for small numbers and shares near 0 and 1 too."""
        if not self.total:
            return 0.0, 1.0
        interval = binomtest(self.count, self.total).proportion_ci(0.95, method="wilson")
        return float(interval.low), float(interval.high)


def share_right(results: Iterable[Result]) -> Share:
    """Returns the share of cases that are right in every turn."""
    outcomes = [result.is_right for result in results]
    return Share(sum(outcomes), len(outcomes))


def by_slice(results: Sequence[Result]) -> dict[str, Share]:
    """Returns the share of right cases of each slice that occurs, in the usual order."""
    shares = {name: share_right(result for result in results if result.case.slice == name) for name in SLICES}
    return {name: share for name, share in shares.items() if share.total}


def by_file(results: Sequence[Result]) -> dict[str, Share]:
    """Returns the share of right cases of each slice of each file, by both names."""
    keys = sorted({(_file(result), result.case.slice) for result in results})
    return {
        f"{file}, {name}": share_right(
            result for result in results if (_file(result), result.case.slice) == (file, name)
        )
        for file, name in keys
    }


def _file(result: Result) -> str:
    return PurePath(result.case.place.split(":")[0]).name


def refused(results: Iterable[Result]) -> Share:
    """Returns the share of the turns with an answer that were refused ("I don't know", "not here")."""
    turns = [turn for turn in _turns(results) if all("answered" in part.status for part in turn.turn.parts)]
    return Share(sum(turn.refused for turn in turns), len(turns))


def by_topic(results: Sequence[Result]) -> dict[str, Share]:
    """Returns the share of right turns by expected topic, of turns with one question; the worst first."""
    turns = sorted((_expected(turn), not turn.faults) for turn in _single_questions(results))
    shares = {}
    for topic, group in groupby(turns, key=lambda item: item[0]):
        outcomes = [right for _, right in group]
        shares[topic] = Share(sum(outcomes), len(outcomes))
    return dict(sorted(shares.items(), key=lambda item: (item[1].value, -item[1].total)))


def confusions(results: Sequence[Result]) -> list[tuple[str, str, int]]:
    """Returns expected topic, topic of the reply, and how often, of the turns that were wrong; most frequent first."""
    pairs = Counter(
        (_expected(turn), turn.messages[0].topic)
        for turn in _single_questions(results)
        if turn.faults and turn.messages
    )
    return [(*pair, count) for pair, count in pairs.most_common()]


def areas(results: Sequence[Result]) -> Counter[tuple[str, str]]:
    """Returns how often each expected area got each area as its reply, of turns with one question."""
    return Counter(
        # Where several topics are right, the one that came is taken as the expected one if it is among them.
        (_area(_expected(turn)), _area(turn.messages[0].topic))
        for turn in _single_questions(results)
        if turn.messages
    )


def calibration(results: Sequence[Result]) -> list[tuple[float, float, Share]]:
    """Returns lower end, mean confidence and share of right turns for each tenth of the confidence that occurs."""
    turns = [turn for turn in _single_questions(results) if len(turn.messages) == 1]
    rows = []
    for index in range(_BINS):
        inside = [turn for turn in turns if min(int(turn.messages[0].confidence * _BINS), _BINS - 1) == index]
        if inside:
            mean = sum(turn.messages[0].confidence for turn in inside) / len(inside)
            rows.append((index / _BINS, mean, Share(sum(not turn.faults for turn in inside), len(inside))))
    return rows


def scope_confidences(results: Sequence[Result]) -> tuple[list[float], list[float]]:
    """Returns how sure the bot was that a question is in its scope, of questions that are, and of those that are not.

    For a reply that refuses as out of scope this is 1 - confidence.
    """
    inside, outside = [], []
    for turn in _single_questions(results):
        if len(turn.messages) == 1:
            message = turn.messages[0]
            sure = 1 - message.confidence if message.status == OUT_OF_SCOPE_AREA else message.confidence
            if turn.turn.parts[0].status == ("out_of_scope",):
                outside.append(sure)
            elif "answered" in turn.turn.parts[0].status:
                inside.append(sure)
    return inside, outside


def _turns(results: Iterable[Result]) -> list[TurnResult]:
    return [turn for result in results for turn in result.turns]


def _single_questions(results: Iterable[Result]) -> list[TurnResult]:
    return [turn for turn in _turns(results) if len(turn.turn.parts) == 1]


def _expected(turn: TurnResult) -> str:
    part = turn.turn.parts[0]
    got = turn.messages[0].topic if turn.messages else ""
    if got in part.topic:
        return got
    return part.topic[0] if part.topic else part.status[0]


def _area(topic: str) -> str:
    area = topic.split(".", 1)[0]
    return OUT_OF_SCOPE_AREA if area == "unknown" else area
