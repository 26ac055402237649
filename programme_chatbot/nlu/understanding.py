"""Decides what a message asks: one question or several, in scope or not, clear or not.

Pure: probabilities come from a function, so that the decisions can be tested without a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from programme_chatbot.knowledge.topics import (
    BY_ID,
    BY_INTENT,
    OUT_OF_SCOPE_AREA,
    PAYLOAD_PREFIX,
    SOCIAL_AREA,
    UNCLEAR,
)
from programme_chatbot.nlu.clauses import Clause, parts, sentences
from programme_chatbot.nlu.intent_model import Array
from programme_chatbot.nlu.normaliser import OTHER_UNIVERSITY, OWN_PROGRAMME, OWN_UNIVERSITY, Token, join

MAX_QUESTIONS = 3
_LONG_MESSAGE_WORDS = 40
_OTHER_UNIVERSITY_INTENT = "out_of_scope_other_university"
# Somebody who names another university may come from there, or want to go there on exchange or for a PhD.
_OF_ONESELF = re.compile(
    r"\b(?:i|my|me|we|our|from|stud(?:y|ied|ying)|degree|bachelor|graduat\w+|exchange|thesis|project|phd|transfer\w*|"
    r"compared?|vs|versus|or|than|better|here|admitted|alumni|graduates)\b"
)
_PLEASANTRIES = frozenset({"greet", "thank", "goodbye", "small_talk", "affirm"})

Probabilities = Callable[[list[str]], Array]


@dataclass(frozen=True)
class Thresholds:
    """When a reading counts as clear. Tuned on the training data; see config.yml.

    Args:
        clear: a message whose best intent has a lower probability is asked back about.
        part: probability that each part of a message needs to be taken for a question of its own.
        part_outside: the same for a part that is out of scope; higher, as sentences of background look like that.
        outside: a message is out of scope if all such intents together are this much likelier than the best other.
    """

    clear: float = 0.2
    part: float = 0.4
    part_outside: float = 0.8
    outside: float = 1.2


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
    """

    intent: str
    confidence: float
    start: int
    end: int
    words: str
    alternatives: tuple[tuple[str, float], ...] = ()


class Understanding:
    """Reads messages.

    Args:
        intents: names of the intents, in the order of the columns of `probabilities`.
        probabilities: function from normalised texts to probabilities, shape (texts, intents).
        thresholds: when a reading counts as clear.
    """

    def __init__(self, intents: list[str], probabilities: Probabilities, thresholds: Thresholds) -> None:
        self._intents = intents
        self._probabilities = probabilities
        self._thresholds = thresholds
        self._other_university = np.array([intent == _OTHER_UNIVERSITY_INTENT for intent in intents])
        self._outside = np.array([_area(intent) == OUT_OF_SCOPE_AREA for intent in intents])

    def read(self, message: str, tokens: list[Token], masked: list[Token]) -> list[Reading]:
        """Reads a message.

        Args:
            message: the message, cleaned.
            tokens: its normalised tokens.
            masked: the same with masks.

        Returns:
            One to three readings, in the order of the message.
        """
        payload = _payload_topic(message)
        if payload is not None:
            return [Reading(BY_ID[payload].intent, 1.0, 0, len(message), "")]
        if not _mostly_latin(message):
            return [Reading(UNCLEAR.intent, 0.0, 0, len(message), "")]
        whole = Clause(message, 0, len(message))
        clauses = [piece for sentence in sentences(message) for piece in self._questions_in(sentence, masked)]
        if len(clauses) <= 1:
            return [self._decide(self._rows([_text(masked, whole)])[0], whole, tokens)]
        rows = self._rows([_text(masked, clause) for clause in (whole, *clauses)])
        candidates = self._candidates(list(zip(clauses, rows[1:], strict=True)))
        readings = [self._decide(row, clause, tokens) for clause, row in candidates]
        several = _distinct([reading for reading in readings if self._is_clear_part(reading)])
        if len(several) > 1:
            return several[:MAX_QUESTIONS]
        # One question among other sentences: those tell what it is about, unless there are too many of them.
        best = max((row for _, row in candidates), key=lambda row: self._family(row)[1])
        is_long = len(message.split()) > _LONG_MESSAGE_WORDS
        return [self._decide(best if is_long else (rows[0] + best) / 2, whole, tokens)]

    def _rows(self, texts: list[str]) -> Array:
        """Returns the probabilities, corrected where the names in a text say more than the rest of it."""
        rows = self._probabilities(texts)
        for row, text in zip(rows, texts, strict=True):
            if OWN_UNIVERSITY in text or OWN_PROGRAMME in text:
                if "other" not in text:
                    row[self._other_university] = 0.0
            elif OTHER_UNIVERSITY in text and not _OF_ONESELF.search(text):
                row *= 0.1
                row[self._other_university] += 0.9
        return rows

    def _is_clear_part(self, reading: Reading) -> bool:
        is_outside = _area(reading.intent) == OUT_OF_SCOPE_AREA
        return reading.confidence >= (self._thresholds.part_outside if is_outside else self._thresholds.part)

    def _candidates(self, clauses: list[tuple[Clause, Array]]) -> list[tuple[Clause, Array]]:
        """Leaves out pleasantries and sentences that ask nothing, as long as something is left."""
        no_pleasantries = [item for item in clauses if self._family(item[1])[0] not in _PLEASANTRIES]
        asking = [item for item in no_pleasantries if item[0].asks]
        return asking or no_pleasantries or clauses[:1]

    def _questions_in(self, sentence: Clause, masked: list[Token]) -> list[Clause]:
        """Returns the parts of a sentence if each is a clear question and no two are the same, else the sentence."""
        pieces = parts(sentence)
        if len(pieces) < 2:
            return [sentence]
        rows = self._rows([_text(masked, piece) for piece in pieces])
        decided = [self._family(row) for row in rows]
        intents = [intent for intent, _ in decided]
        clear = all(probability >= self._thresholds.part for _, probability in decided)
        return pieces if clear and len(set(intents)) == len(intents) else [sentence]

    def _family(self, row: Array) -> tuple[str, float]:
        inside = np.where(self._outside, 0.0, row)
        outside = float(row[self._outside].sum())
        if outside > self._thresholds.outside * float(inside.max()):
            return self._intents[int(np.where(self._outside, row, 0.0).argmax())], outside
        return self._intents[int(inside.argmax())], float(inside.max())

    def _decide(self, row: Array, clause: Clause, tokens: list[Token]) -> Reading:
        intent, probability = self._family(row)
        order = np.argsort(-row)[:5]
        alternatives = tuple((self._intents[index], round(float(row[index]), 4)) for index in order)
        if probability < self._thresholds.clear:
            intent = UNCLEAR.intent
        words = _text(tokens, clause)
        return Reading(intent, round(probability, 4), clause.start, clause.end, words, alternatives)


def _distinct(readings: list[Reading]) -> list[Reading]:
    """Returns the readings without those whose intent has come before."""
    return list({reading.intent: reading for reading in reversed(readings)}.values())[::-1]


def _area(intent: str) -> str:
    topic = BY_INTENT.get(intent)
    return topic.area if topic else SOCIAL_AREA


def _text(tokens: list[Token], clause: Clause) -> str:
    return join([token for token in tokens if token.start >= clause.start and token.end <= clause.end])


def _payload_topic(message: str) -> str | None:
    topic = message.removeprefix(PAYLOAD_PREFIX)
    return topic if topic != message and topic in BY_ID else None


def _mostly_latin(message: str) -> bool:
    """Tells whether there are letters, and at least half of them are Latin."""
    letters = [char for char in message if char.isalpha()]
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    return bool(letters) and latin * 2 >= len(letters) and re.search(r"[^\W\d_]{2}", message) is not None
