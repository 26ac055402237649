"""Counts what was asked: by period, topic, channel and rating."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from programme_chatbot.operations.turns import SOCIAL, UNANSWERED, Turn

_MOST_DAYS, _MOST_WEEKS = 31, 26


@dataclass
class Figures:
    """What came of some messages.

    Args:
        messages: how many there are.
        answered: how many got an answer.
        social: how many were small talk.
        unanswered: how many got no answer, by reason.
        helpful: how many replies were rated as helpful.
        unhelpful: how many were rated as not helpful.
    """

    messages: int = 0
    answered: int = 0
    social: int = 0
    unanswered: int = 0
    helpful: int = 0
    unhelpful: int = 0

    @property
    def answered_share(self) -> float | None:
        """The share of questions, small talk aside, that got an answer; None if there were none."""
        questions = self.messages - self.social
        return self.answered / questions if questions else None

    def add(self, outcome: str, ratings: Iterable[str]) -> None:
        """Counts one more message or reply."""
        ratings = list(ratings)
        self.messages += 1
        self.social += outcome == SOCIAL
        self.unanswered += outcome in UNANSWERED
        self.answered += outcome != SOCIAL and outcome not in UNANSWERED
        self.helpful += ratings.count("up")
        self.unhelpful += ratings.count("down")


def by(key: Callable[[Turn], str], turns: Iterable[Turn]) -> dict[str, Figures]:
    """Returns the figures of messages by a key, such as the channel."""
    table: dict[str, Figures] = {}
    for turn in turns:
        table.setdefault(key(turn), Figures()).add(turn.outcome, (reply.rating for reply in turn.replies))
    return table


def by_topic(turns: Iterable[Turn]) -> dict[str, Figures]:
    """Returns the figures of replies by topic, the most frequent first; small talk and failures have none."""
    table: dict[str, Figures] = {}
    for reply in (reply for turn in turns for reply in turn.replies if reply.topic and reply.status != SOCIAL):
        table.setdefault(reply.topic, Figures()).add(reply.status, [reply.rating])
    return dict(sorted(table.items(), key=lambda item: -item[1].messages))


def periods(since: datetime.date, until: datetime.date) -> Callable[[datetime.date], str]:
    """Returns the function that names the period of a date: its day, its week or its month, by how long the time is."""
    days = (until - since).days
    if days <= _MOST_DAYS:
        return lambda date: date.isoformat()
    if days <= _MOST_WEEKS * 7:
        return lambda date: "{}-W{:02}".format(*date.isocalendar()[:2])
    return lambda date: f"{date:%Y-%m}"


def by_period(turns: Iterable[Turn], since: datetime.date, until: datetime.date) -> dict[str, Figures]:
    """Returns the figures of each period in order, also of those without a message."""
    name = periods(since, until)
    table = {name(since + datetime.timedelta(days)): Figures() for days in range((until - since).days + 1)}
    return {**table, **by(lambda turn: name(turn.time.date()), turns)}
