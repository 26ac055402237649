"""Decides what one question asks, from the probabilities of intents: in scope or not, clear or not.

Pure: the probabilities come from outside, so that the decisions can be tested without a model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from programme_chatbot.knowledge.topics import BY_INTENT, OUT_OF_SCOPE_AREA, SOCIAL_AREA, UNCLEAR
from programme_chatbot.nlu.clauses import Clause
from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.normaliser import (
    OTHER_PROGRAMME,
    OTHER_UNIVERSITY,
    OWN_PROGRAMME,
    OWN_UNIVERSITY,
    Token,
    join,
)

_GENERAL_INTENT = "out_of_scope_general"  # when it is not clear which kind
_OTHER_UNIVERSITY_INTENT = "out_of_scope_other_university"
_OTHER_PROGRAMME_INTENT = "out_of_scope_other_programme"
# Somebody who names another programme may come from it, or compare.
_BACKGROUND = re.compile(
    r"\b(?:i have|my|i am|i'm|i did|i do|with|from|degree|bachelor\w*|background|graduat\w+|stud(?:y|ied|ying)|"
    r"finish\w*|hold|holds|holding|diploma|compared?|vs|versus|than|better|difference)\b"
)
# Somebody who names another university may come from there, or want to go there on exchange or for a PhD.
_OF_ONESELF = re.compile(
    r"\b(?:i|my|me|we|our|from|stud(?:y|ied|ying)|degree|bachelor|graduat\w+|exchange|thesis|project|phd|transfer\w*|"
    r"compared?|vs|versus|or|than|better|here|admitted|alumni|graduates)\b"
)
_ASKS_ME = re.compile(r"\b(?:tell|give|show|send|let|help) me\b")
_ALTERNATIVES = 5
_STATEMENTS = 8


@dataclass(frozen=True)
class Thresholds:
    """When a reading counts as clear. Tuned on the training data; see config.yml.

    Args:
        clear: a message whose best intent has a lower probability is asked back about.
        margin: between two questions that are this near in probability, and unsure, it is asked back.
        part: probability that each part of a message needs to be taken for a question of its own.
        part_outside: the same for a part that is out of scope; higher, as sentences of background look like that.
        question: the same as `part` for a part that has the form of a question.
        unsure: what stands before a question is taken into account if the question's own probability is lower.
        question_outside: the same as `part_outside` for a part that has the form of a question.
        sure: in a long message without question marks only questions this likely count.
        otherwise: least probability of what is answered instead of a mere repetition (docs/decisions/
            0014-what-is-not-known.md tells how it was chosen; `make tune` leaves it).
        outside: a message is out of scope if all such intents together are likelier than any other, and at least
            this likely (or all others unclear).
    """

    clear: float = 0.2
    margin: float = 0.0
    part: float = 0.4
    part_outside: float = 0.8
    question: float = 0.25
    question_outside: float = 0.45
    unsure: float = 0.6
    sure: float = 0.8
    otherwise: float = 0.2
    outside: float = 0.3


@dataclass(frozen=True)
class Reading:
    """What one question of a message asks.

    Args:
        intent: name of the intent; `nlu_fallback` if unclear.
        confidence: its probability, 0 to 1.
        start: offset of the question in the message.
        end: offset after it.
        words: its normalised words, for the keywords of facts.
        alternatives: the likeliest intents with their probabilities, best first.
        statements: ids of the likeliest statements of its topic with their probabilities, likeliest first; `general`
            stands for the topic as a whole.
        otherwise: what it asks if that has just been answered: the next likeliest question, if it is likely enough.
    """

    intent: str
    confidence: float
    start: int
    end: int
    words: str
    alternatives: tuple[tuple[str, float], ...] = ()
    statements: tuple[tuple[str, float], ...] = ()
    otherwise: Reading | None = None


@dataclass(frozen=True)
class Scored:
    """A part of a message with what the models say of it.

    Args:
        clause: the part.
        masked: its normalised tokens, with masks.
        words: its normalised tokens, in context if it was read in context.
        intents: probability of each intent, shape (intents,).
        own: how alike its own words are to the texts of the examples, shape (known texts,).
        follows: whether it was read in the light of what stands before it.
    """

    clause: Clause
    masked: list[Token]
    words: list[Token]
    intents: Array
    own: Array
    follows: bool = False


class Judge:
    """Decides what questions ask.

    Args:
        intents: names of the intents, in the order of the probabilities.
        rank: returns the statements of a topic with their probabilities, from how alike a question is to the examples.
        thresholds: when a reading counts as clear.
    """

    def __init__(
        self,
        intents: list[str],
        rank: Callable[[str, Array], tuple[tuple[str, float], ...]],
        thresholds: Thresholds,
    ) -> None:
        self.thresholds = thresholds
        self._intents = intents
        self._rank = rank
        self._other_university = np.array([intent == _OTHER_UNIVERSITY_INTENT for intent in intents])
        self._other_programme = np.array([intent == _OTHER_PROGRAMME_INTENT for intent in intents])
        self._outside = np.array([area_of(intent) == OUT_OF_SCOPE_AREA for intent in intents])
        self._questions = np.array([intent in BY_INTENT and BY_INTENT[intent].is_question for intent in intents])

    def corrected(self, row: Array, text: str) -> Array:
        """Returns the probabilities of intents, corrected where the names in a text say more than the rest of it."""
        row = row.copy()
        if OTHER_PROGRAMME in text and OWN_PROGRAMME not in text and not _BACKGROUND.search(text):
            row *= 0.3
            row[self._other_programme] += 0.7
        if OWN_UNIVERSITY in text or OWN_PROGRAMME in text:
            if "other" not in text:
                row[self._other_university] = 0.0
        elif OTHER_UNIVERSITY in text and not _OF_ONESELF.search(_ASKS_ME.sub(" ", text)):
            row *= 0.1
            row[self._other_university] += 0.9
        return row

    def decide(self, question: Scored) -> Reading:
        """Returns what a question asks; unclear if its likeliest reading is not likely enough."""
        row, clause = question.intents, question.clause
        intent, probability = self.likeliest(row)
        order = np.argsort(-row)[:_ALTERNATIVES]
        alternatives = tuple((self._intents[index], round(float(row[index]), 4)) for index in order)
        if probability < self._least(intent, question) or self._is_close(row, intent, probability):
            intent = UNCLEAR.intent
        reading = Reading(
            intent=intent,
            confidence=round(probability, 4),
            start=clause.start,
            end=clause.end,
            words=join(question.words),
            alternatives=alternatives,
            statements=self._statements(intent, question),
        )
        next_best, share = self._likeliest_question_but(intent, row)
        if not next_best or share < self.thresholds.otherwise:
            return reading
        statements = self._statements(next_best, question)
        otherwise = replace(reading, intent=next_best, confidence=round(share, 4), statements=statements)
        return replace(reading, otherwise=otherwise)

    def _statements(self, intent: str, question: Scored) -> tuple[tuple[str, float], ...]:
        topic = BY_INTENT[intent].id if intent in BY_INTENT else ""
        return self._rank(topic, question.own)[:_STATEMENTS]

    def _likeliest_question_but(self, intent: str, row: Array) -> tuple[str, float]:
        """Returns the likeliest intent that asks something, another one left out, with its probability."""
        others = np.array([name != intent for name in self._intents]) & self._questions
        index = int(np.where(others, row, 0.0).argmax())
        return (self._intents[index], float(row[index])) if others[index] else ("", 0.0)

    def is_clear_part(self, reading: Reading, clause: Clause) -> bool:
        """Tells whether a part of a message is clear enough to be a question of its own."""
        limits = self.thresholds
        if reading.intent == UNCLEAR.intent:
            return False
        if area_of(reading.intent) == OUT_OF_SCOPE_AREA:
            return reading.confidence >= (limits.question_outside if clause.is_question else limits.part_outside)
        return reading.confidence >= (limits.question if clause.is_question else limits.part)

    def is_outside(self, question: Scored) -> bool:
        """Tells whether a question is out of scope."""
        return area_of(self.likeliest(question.intents)[0]) == OUT_OF_SCOPE_AREA

    def is_sure(self, question: Scored, intent: str) -> bool:
        """Tells whether a question surely has an intent, whatever others it may have."""
        return intent in self._intents and question.intents[self._intents.index(intent)] >= self.thresholds.sure

    def likeliest(self, row: Array) -> tuple[str, float]:
        """Returns the likeliest intent with its probability; what is out of scope counts together."""
        inside = np.where(self._outside, 0.0, row)
        best, outside = float(inside.max()), float(row[self._outside].sum())
        if outside > best and (outside >= self.thresholds.outside or best < self.thresholds.clear):
            kind = int(np.where(self._outside, row, 0.0).argmax())
            # To be told the wrong reason of a refusal is worse than to be told none.
            least = max(self.thresholds.clear, outside / 2)
            is_clear = row[kind] >= least or _GENERAL_INTENT not in self._intents
            return self._intents[kind] if is_clear else _GENERAL_INTENT, outside
        return self._intents[int(inside.argmax())], best

    def _least(self, intent: str, question: Scored) -> float:
        """Returns the probability below which it is asked back; to refuse a follow-up takes more."""
        refuses_follow_up = question.follows and area_of(intent) == OUT_OF_SCOPE_AREA
        return self.thresholds.question_outside if refuses_follow_up else self.thresholds.clear

    def _is_close(self, row: Array, intent: str, probability: float) -> bool:
        """Tells whether two questions are so near to each other that it is better to ask which one is meant."""
        if probability >= self.thresholds.unsure or not self._questions[self._intents.index(intent)]:
            return False
        return probability - self._likeliest_question_but(intent, row)[1] < self.thresholds.margin


def area_of(intent: str) -> str:
    """Returns the area of an intent's topic; that of small talk for intents without a topic."""
    topic = BY_INTENT.get(intent)
    return topic.area if topic else SOCIAL_AREA
