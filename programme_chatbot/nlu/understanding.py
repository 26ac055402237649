"""Decides what a message asks: one question or several, in scope or not, clear or not.

Pure: the scores come from a function, so that the decisions can be tested without a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from programme_chatbot.knowledge.topics import (
    BY_ID,
    BY_INTENT,
    DIALOGUE_AREA,
    OUT_OF_SCOPE_AREA,
    PAYLOAD_PREFIX,
    SOCIAL_AREA,
    UNCLEAR,
)
from programme_chatbot.nlu.clauses import Clause, parts, sentences
from programme_chatbot.nlu.follow_up import MAX_WORDS, depends_on_context, in_context
from programme_chatbot.nlu.intent_model import Array
from programme_chatbot.nlu.normaliser import (
    OTHER_PROGRAMME,
    OTHER_UNIVERSITY,
    OWN_PROGRAMME,
    OWN_UNIVERSITY,
    Token,
    join,
)
from programme_chatbot.nlu.scoring import Scores
from programme_chatbot.nlu.stay_model import StayModel, features

MAX_QUESTIONS = 3
_LONG_MESSAGE_WORDS = 40
_SURE = 0.8
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
_NEAREST = 3
_ASKS_ME = re.compile(r"\b(?:tell|give|show|send|let|help) me\b")
_PLEASANTRIES = frozenset({"greet", "thank", "goodbye", "small_talk", "affirm", "ask_more", "ask_if_sure"})


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
        stay: share of the probability of staying with the last topic that moves to it.
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
    stay: float = 0.8
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
        statements: ids of the nearest statements of its topic with their cosines, nearest first.
    """

    intent: str
    confidence: float
    start: int
    end: int
    words: str
    alternatives: tuple[tuple[str, float], ...] = ()
    statements: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class _Scored:
    """A part of a message with its normalised words and its scores; `follows` if it was read in its context."""

    clause: Clause
    masked: list[Token]
    words: list[Token]
    intents: Array
    statements: Array
    follows: bool = False


class Understanding:
    """Reads messages.

    Args:
        intents: names of the intents, in the order of the scores.
        statements: id and topic of each statement, in the order of the scores.
        score: function from normalised texts to scores.
        stay_model: tells whether a follow-up stays with its topic.
        thresholds: when a reading counts as clear.
    """

    def __init__(
        self,
        intents: list[str],
        statements: list[tuple[str, str]],
        score: Callable[[list[str]], Scores],
        stay_model: StayModel,
        thresholds: Thresholds,
    ) -> None:
        self._intents = intents
        self._statements = statements
        self._score = score
        self._stay_model = stay_model
        self._thresholds = thresholds
        self._other_university = np.array([intent == _OTHER_UNIVERSITY_INTENT for intent in intents])
        self._other_programme = np.array([intent == _OTHER_PROGRAMME_INTENT for intent in intents])
        self._outside = np.array([_area(intent) == OUT_OF_SCOPE_AREA for intent in intents])
        self._questions = np.array([intent in BY_INTENT and BY_INTENT[intent].is_question for intent in intents])
        self._statements_of: dict[str, list[int]] = {}
        for index, (_, topic) in enumerate(statements):
            self._statements_of.setdefault(topic, []).append(index)

    def read(self, message: str, tokens: list[Token], masked: list[Token], last_topic: str = "") -> list[Reading]:
        """Reads a message.

        Args:
            message: the message, cleaned.
            tokens: its normalised tokens.
            masked: the same with masks.
            last_topic: id of the topic that was answered last; empty at the beginning of a conversation.

        Returns:
            One to three readings, in the order of the message.
        """
        payload = _payload_topic(message)
        if payload is not None:
            return [Reading(BY_ID[payload].intent, 1.0, 0, len(message), "")]
        if not _mostly_latin(message):
            return [Reading(UNCLEAR.intent, 0.0, 0, len(message), "")]
        all_sentences = sentences(message)
        pieces = [parts(sentence) for sentence in all_sentences]
        clauses = [*all_sentences, *(piece for of_one in pieces for piece in of_one if len(of_one) > 1)]
        whole, *scored = self._scored([Clause(message, 0, len(message)), *clauses], tokens, masked)
        rest = iter(scored[len(all_sentences) :])
        questions: list[_Scored] = []
        for sentence, of_one in zip(scored, pieces, strict=False):
            own = [next(rest) for _ in of_one] if len(of_one) > 1 else []
            questions += self._separate(own) or [sentence]
        if len(questions) <= 1:
            return [self._decide(self._in_context(whole, last_topic))]
        return self._read_several(whole, questions, last_topic)

    def _separate(self, pieces: list[_Scored]) -> list[_Scored]:
        """Returns the pieces of a sentence that are questions of their own: all, or two clear ones; else nothing."""
        together = self._clear_ones(pieces, pieces, "")
        if len(together) == len(pieces) and self._one_is_sure(together):
            return pieces
        clear = [piece for piece in pieces if self._one_is_sure(self._clear_ones([piece], pieces, ""))]
        return clear if len(clear) > 1 else []

    def _one_is_sure(self, readings: list[Reading]) -> bool:
        return any(reading.confidence >= self._thresholds.part for reading in readings)

    def _read_several(self, whole: _Scored, parts_: list[_Scored], last_topic: str) -> list[Reading]:
        candidates = self._candidates(parts_)
        readings = self._clear_ones(candidates, parts_, last_topic)
        is_long = len(whole.words) > _LONG_MESSAGE_WORDS
        if is_long and not all("?" in item.clause.text for item in candidates):
            sure = [reading for reading in readings if reading.confidence >= _SURE]
            readings = sure or sorted(readings, key=lambda reading: -reading.confidence)[:1]  # told in many words
        if len(readings) > 1:
            return readings[:MAX_QUESTIONS]
        # One question among other sentences: those tell what it is about, unless there are too many of them.
        best = max(candidates, key=lambda item: self._family(item.intents)[1])
        is_background_outside = self._is_outside(whole) and not self._is_outside(best)
        if is_long or is_background_outside:
            return readings or [self._decide(self._in_context(best, last_topic))]
        if len(self._serious(parts_)) == 1:  # the rest only says thanks or doubts, but in words that may matter
            return [self._decide(self._in_context(replace(best, words=whole.words), last_topic))]
        mean = (whole.intents + best.intents) / 2
        together = replace(whole, intents=mean, statements=best.statements)
        return [self._decide(self._in_context(together, last_topic))]

    def _clear_ones(self, questions: list[_Scored], among: list[_Scored], last_topic: str) -> list[Reading]:
        """Returns the readings of questions that are clear, each in the light of what stands before it.

        "Is TOEFL accepted? Which score do I need?" asks for the score of the TOEFL, and "We are Austrian. Do we have to
        pay?" who has to pay.
        """
        readings: list[Reading] = []
        for question in questions:
            in_light = self._in_context(self._with_background(question, among), last_topic)
            reading = self._decide(in_light)
            if self._is_clear_part(reading, question.clause):
                readings.append(reading)
                last_topic = BY_INTENT[reading.intent].id
        return readings

    def _with_background(self, question: _Scored, among: list[_Scored]) -> _Scored:
        """Reads a question together with the statement before it, if that makes it clearer."""
        position = among.index(question)
        before = among[position - 1] if position else None
        confidence = self._family(question.intents)[1]
        if before is None or before.clause.is_question or confidence >= self._thresholds.unsure:
            return question
        if self._family(before.intents)[0] in _PLEASANTRIES:
            return question
        text = f"{join(before.masked)} {join(question.masked)}"
        scores = self._score([text])
        intents = self._corrected(scores.intents[0], text)
        if self._family(intents)[1] <= confidence:
            return question
        return replace(question, intents=intents, statements=scores.statements[0])

    def _scored(self, clauses: list[Clause], tokens: list[Token], masked: list[Token]) -> list[_Scored]:
        own = [_within(masked, clause) for clause in clauses]
        scores = self._score([join(part) for part in own])
        return [
            _Scored(clause, part, _within(tokens, clause), self._corrected(row, join(part)), near)
            for clause, part, row, near in zip(clauses, own, scores.intents, scores.statements, strict=True)
        ]

    def _in_context(self, question: _Scored, topic: str) -> _Scored:
        """Reads a question that depends on its context with "it" spelt out.

        Both readings are multiplied: what a follow-up asks must fit its own words and, spelt out, the context. It stays
        with the topic where a statement of that topic is near.
        """
        if topic not in BY_ID or not self._may_follow(question):
            return question
        intents, statements, row = self._spelt_out(question, topic)
        if row is not None:
            last = self._intents.index(BY_ID[topic].intent)
            stays = self._thresholds.stay * self._stay_model.probability(row)
            intents = intents * (1 - stays)
            intents[last] += stays
        words = in_context(question.words, topic)
        return replace(question, intents=intents, statements=statements, words=words, follows=BY_ID[topic].is_question)

    def _may_follow(self, question: _Scored) -> bool:
        intent, confidence = self._family(question.intents)
        if _area(intent) in (SOCIAL_AREA, DIALOGUE_AREA) and confidence >= self._thresholds.part:
            return False
        text = join(question.masked)
        is_unsure = confidence < self._thresholds.unsure and len(question.masked) <= MAX_WORDS
        return is_unsure or depends_on_context(text)

    def stay_features(self, masked: list[Token], topic: str) -> Array | None:
        """Returns what tells whether a follow-up stays with a topic; None if that topic has no statements."""
        end = max((token.end for token in masked), default=0)
        [question] = self._scored([Clause("", 0, end)], masked, masked)
        return self._spelt_out(question, topic)[2]

    def _spelt_out(self, question: _Scored, topic: str) -> tuple[Array, Array, Array | None]:
        """Returns probabilities of intents, nearness of statements, and features for the stay model."""
        spelt_out = in_context(question.masked, topic)
        intents, statements = question.intents, question.statements
        if spelt_out is not question.masked:
            scores = self._score([join(spelt_out)])
            in_light = self._corrected(scores.intents[0], join(spelt_out))
            if BY_ID[topic].is_question:
                in_light = np.sqrt(intents * in_light)
            intents = in_light / in_light.sum()
            statements = scores.statements[0]
        own = self._statements_of.get(topic)
        if own is None:
            return intents, statements, None
        row = features(
            alone=question.intents,
            in_context=intents,
            last=self._intents.index(BY_ID[topic].intent),
            near_last=float(question.statements[own].max()),
            near_others=float(np.delete(question.statements, own).max(initial=0.0)),
        )
        return intents, statements, row

    def _corrected(self, row: Array, text: str) -> Array:
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

    def _is_clear_part(self, reading: Reading, clause: Clause) -> bool:
        limits = self._thresholds
        if reading.intent == UNCLEAR.intent:
            return False
        if _area(reading.intent) == OUT_OF_SCOPE_AREA:
            return reading.confidence >= (limits.question_outside if clause.is_question else limits.part_outside)
        return reading.confidence >= (limits.question if clause.is_question else limits.part)

    def _serious(self, questions: list[_Scored]) -> list[_Scored]:
        return [item for item in questions if self._family(item.intents)[0] not in _PLEASANTRIES]

    def _candidates(self, questions: list[_Scored]) -> list[_Scored]:
        """Leaves out pleasantries and sentences that ask nothing, as long as something is left."""
        serious = self._serious(questions)
        asking = [item for item in serious if item.clause.asks]
        if sum(len(item.words) for item in questions) > _LONG_MESSAGE_WORDS:  # an e-mail tells much before it asks
            marked = [item for item in serious if "?" in item.clause.text]
            return marked or [item for item in serious if item.clause.is_question] or asking or serious or questions[:1]
        return asking or serious or questions[:1]

    def _is_outside(self, question: _Scored) -> bool:
        return _area(self._family(question.intents)[0]) == OUT_OF_SCOPE_AREA

    def _least(self, intent: str, question: _Scored) -> float:
        """Returns the probability below which it is asked back; to refuse a follow-up takes more."""
        refuses_follow_up = question.follows and _area(intent) == OUT_OF_SCOPE_AREA
        return self._thresholds.question_outside if refuses_follow_up else self._thresholds.clear

    def _is_close(self, row: Array, intent: str, probability: float) -> bool:
        """Tells whether two questions are so near to each other that it is better to ask which one is meant."""
        index = self._intents.index(intent)
        if probability >= self._thresholds.unsure or not self._questions[index]:
            return False
        others = self._questions & (np.arange(len(row)) != index)
        return probability - float(row[others].max(initial=0.0)) < self._thresholds.margin

    def _family(self, row: Array) -> tuple[str, float]:
        """Returns the likeliest intent with its probability; what is out of scope counts together."""
        inside = np.where(self._outside, 0.0, row)
        best, outside = float(inside.max()), float(row[self._outside].sum())
        if outside > best and (outside >= self._thresholds.outside or best < self._thresholds.clear):
            return self._intents[int(np.where(self._outside, row, 0.0).argmax())], outside
        return self._intents[int(inside.argmax())], best

    def _decide(self, question: _Scored) -> Reading:
        row, clause = question.intents, question.clause
        intent, probability = self._family(row)
        order = np.argsort(-row)[:5]
        alternatives = tuple((self._intents[index], round(float(row[index]), 4)) for index in order)
        if probability < self._least(intent, question) or self._is_close(row, intent, probability):
            intent = UNCLEAR.intent
        topic = BY_INTENT[intent].id if intent in BY_INTENT else ""
        near = sorted(
            (-round(float(question.statements[index]), 3), self._statements[index][0])
            for index in self._statements_of.get(topic, ())
        )
        return Reading(
            intent=intent,
            confidence=round(probability, 4),
            start=clause.start,
            end=clause.end,
            words=join(question.words),
            alternatives=alternatives,
            statements=tuple((name, -cosine) for cosine, name in near[:_NEAREST]),
        )


def _area(intent: str) -> str:
    topic = BY_INTENT.get(intent)
    return topic.area if topic else SOCIAL_AREA


def _within(tokens: list[Token], clause: Clause) -> list[Token]:
    return [token for token in tokens if token.start >= clause.start and token.end <= clause.end]


def _payload_topic(message: str) -> str | None:
    topic = message.removeprefix(PAYLOAD_PREFIX)
    return topic if topic != message and topic in BY_ID else None


def _mostly_latin(message: str) -> bool:
    """Tells whether there are letters, and at least half of them are Latin."""
    letters = [char for char in message if char.isalpha()]
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    return bool(letters) and latin * 2 >= len(letters) and re.search(r"[^\W\d_]{2}", message) is not None
