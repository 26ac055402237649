"""Reads messages: which of their parts are questions, and what each of them asks.

Pure: the scores come from a function, so that the reading can be tested without a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from programme_chatbot.knowledge.topics import BY_ID, BY_INTENT, DIALOGUE_AREA, PAYLOAD_PREFIX, SOCIAL_AREA, UNCLEAR
from programme_chatbot.nlu.clauses import Clause, items, parts, sentences, without_rejected
from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.follow_up import Utterance, in_context, utterance_of
from programme_chatbot.nlu.judgement import Judge, Reading, Scored, Thresholds, area_of
from programme_chatbot.nlu.normaliser import OTHER_PROGRAMME, OTHER_UNIVERSITY, Token, join
from programme_chatbot.nlu.scoring import RememberingScorer, Scores

MAX_QUESTIONS = 3
_LONG_MESSAGE_WORDS = 40
_MANIPULATION_INTENT = "out_of_scope_manipulation"
# What a question is about that says "there" after another university or programme has been named.
_ELSEWHERE_INTENTS = {
    OTHER_UNIVERSITY: "out_of_scope_other_university",
    OTHER_PROGRAMME: "out_of_scope_other_programme",
}
_THERE = re.compile(r"\b(?:(?<!is )(?<!are )(?<!be )there(?! (?:is|are|was|were)\b)|they|theirs|that one)\b")
_IN_TOWN = "living"  # "what does a room cost there?" means the town
_PLEASANTRIES = frozenset({"greet", "thank", "goodbye", "small_talk", "affirm", "ask_more", "ask_if_sure"})


class Understanding:
    """Reads messages.

    Args:
        intents: names of the intents, in the order of the scores.
        score: function from utterances to scores.
        rank: returns the statements of a topic with their probabilities, from how alike a question is to the examples.
        thresholds: when a reading counts as clear.
    """

    def __init__(
        self,
        intents: list[str],
        score: Callable[[list[Utterance]], Scores],
        rank: Callable[[str, Array], tuple[tuple[str, float], ...]],
        thresholds: Thresholds,
    ) -> None:
        self._score = score
        self._judge = Judge(intents, rank, thresholds)

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
        message = without_rejected(message)
        tokens, masked = _meant(tokens, message), _meant(masked, message)
        return _MessageReader(self._judge, RememberingScorer(self._score), tokens, masked).read(message, last_topic)


class _MessageReader:
    """Reads one message; scores each of its parts once, however often it is looked at."""

    def __init__(
        self, judge: Judge, score: Callable[[list[Utterance]], Scores], tokens: list[Token], masked: list[Token]
    ) -> None:
        self._judge = judge
        self._thresholds = judge.thresholds
        self._score = score
        self._tokens = tokens
        self._masked = masked

    def read(self, message: str, last_topic: str) -> list[Reading]:
        """Returns the readings of the message's questions."""
        all_sentences = sentences(message)
        pieces = [parts(sentence) for sentence in all_sentences]
        clauses = [*all_sentences, *(piece for of_one in pieces for piece in of_one if len(of_one) > 1)]
        whole, *scored = self._scored([Clause(message, 0, len(message)), *clauses])
        for sentence in scored[: len(all_sentences)]:
            if self._judge.is_sure(sentence, _MANIPULATION_INTENT):
                return [self._judge.decide(sentence)]  # what else the message says is part of it
        rest = iter(scored[len(all_sentences) :])
        questions: list[Scored] = []
        for sentence, of_one in zip(scored, pieces, strict=False):
            own = [next(rest) for _ in of_one] if len(of_one) > 1 else []
            may_list = sentence.clause.asks or len(pieces) == 1  # else it tells something about the asker
            questions += self._separate(own) or (self._listed(sentence) if may_list else []) or [sentence]
        if len(questions) <= 1:
            return [self._judge.decide(self._in_context(whole, last_topic))]
        return self._read_several(whole, questions, last_topic)

    def _separate(self, pieces: list[Scored]) -> list[Scored]:
        """Returns the pieces of a sentence that are questions of their own: all, or two clear ones; else nothing."""
        together = self._clear_ones(pieces, pieces, "")
        if len(together) == len(pieces) and self._one_is_sure(together):
            return pieces
        clear = [piece for piece in pieces if self._one_is_sure(self._clear_ones([piece], pieces, ""))]
        return clear if len(clear) > 1 else []

    def _listed(self, sentence: Scored) -> list[Scored]:
        """Returns the things that a sentence lists, if all of them are clear and they do not all ask for the same."""
        listed = self._scored(items(sentence.clause))
        clear = self._clear_ones(listed, listed, "")
        is_clear = len(clear) == len(listed) and self._one_is_sure(clear)
        return listed if is_clear and len({reading.intent for reading in clear}) > 1 else []

    def _one_is_sure(self, readings: list[Reading]) -> bool:
        return any(reading.confidence >= self._thresholds.part for reading in readings)

    def _read_several(self, whole: Scored, parts_: list[Scored], last_topic: str) -> list[Reading]:
        candidates = self._candidates(parts_)
        readings = self._clear_ones(candidates, parts_, last_topic)
        is_long = len(whole.words) > _LONG_MESSAGE_WORDS
        if is_long and not all("?" in item.clause.text for item in candidates):
            sure = [reading for reading in readings if reading.confidence >= self._thresholds.sure]
            readings = sure or sorted(readings, key=lambda reading: -reading.confidence)[:1]  # told in many words
        if len(readings) > 1:
            return readings[:MAX_QUESTIONS]
        # One question among other sentences: those tell what it is about, unless there are too many of them.
        best = max(candidates, key=lambda item: self._judge.likeliest(item.intents)[1])
        is_background_outside = self._judge.is_outside(whole) and not self._judge.is_outside(best)
        if is_long or is_background_outside:
            return readings or [self._judge.decide(self._in_context(best, last_topic))]
        if len(self._serious(parts_)) == 1:  # the rest only says thanks or doubts, but in words that may matter
            return [self._judge.decide(self._in_context(replace(best, words=whole.words), last_topic))]
        whole, best = self._in_context(whole, last_topic), self._in_context(best, last_topic)
        return [self._judge.decide(replace(whole, intents=(whole.intents + best.intents) / 2, own=best.own))]

    def _clear_ones(self, questions: list[Scored], among: list[Scored], last_topic: str) -> list[Reading]:
        """Returns the readings of questions that are clear, each in the light of what stands before it.

        "Is TOEFL accepted? Which score do I need?" asks for the score of the TOEFL, and "We are Austrian. Do we have to
        pay?" who has to pay.
        """
        readings: list[Reading] = []
        for question in questions:
            in_light = self._in_context(self._with_background(question, among), last_topic)
            reading = self._elsewhere(self._judge.decide(in_light), question, among)
            if self._judge.is_clear_part(reading, question.clause):
                readings.append(reading)
                last_topic = BY_INTENT[reading.intent].id
        return readings

    def _elsewhere(self, reading: Reading, question: Scored, among: list[Scored]) -> Reading:
        """Returns the reading of a question that is about the other university or programme named before it."""
        before = " ".join(join(item.masked) for item in among[: among.index(question)])
        if not _THERE.search(join(question.masked)) or area_of(reading.intent) == _IN_TOWN:
            return reading
        for mask, intent in _ELSEWHERE_INTENTS.items():
            if mask in before:
                return replace(reading, intent=intent, confidence=max(reading.confidence, self._thresholds.sure))
        return reading

    def _with_background(self, question: Scored, among: list[Scored]) -> Scored:
        """Reads a question together with the statement before it, if that makes it clearer."""
        position = among.index(question)
        before = among[position - 1] if position else None
        confidence = self._judge.likeliest(question.intents)[1]
        if before is None or before.clause.is_question or question.clause.is_item:
            return question
        if confidence >= self._thresholds.unsure or self._judge.likeliest(before.intents)[0] in _PLEASANTRIES:
            return question
        together = [*before.masked, *question.masked]
        utterance = utterance_of(together)
        scores = self._score([utterance])
        intents = self._judge.corrected(scores.intents[0], utterance.text)
        if self._judge.likeliest(intents)[1] <= confidence:
            return question
        return replace(question, masked=together, intents=intents, own=scores.own[0])

    def _scored(self, clauses: list[Clause]) -> list[Scored]:
        if not clauses:
            return []
        own = [_within(self._masked, clause) for clause in clauses]
        utterances = [utterance_of(tokens) for tokens in own]
        scores = self._score(utterances)
        return [
            Scored(
                clause,
                tokens,
                _within(self._tokens, clause),
                self._judge.corrected(intents, utterance.text),
                vector,
            )
            for clause, tokens, utterance, intents, vector in zip(
                clauses, own, utterances, scores.intents, scores.own, strict=True
            )
        ]

    def _in_context(self, question: Scored, topic: str) -> Scored:
        """Reads a question in the light of the topic before it, unless it is clearly small talk."""
        intent, confidence = self._judge.likeliest(question.intents)
        is_small_talk = area_of(intent) in (SOCIAL_AREA, DIALOGUE_AREA) and confidence >= self._thresholds.part
        if topic not in BY_ID or is_small_talk:
            return question
        utterance = utterance_of(question.masked, topic)
        intents = self._judge.corrected(self._score([utterance]).intents[0], utterance.in_context)
        words = in_context(question.words, topic)
        return replace(question, intents=intents, words=words, follows=BY_ID[topic].is_question)

    def _serious(self, questions: list[Scored]) -> list[Scored]:
        return [item for item in questions if self._judge.likeliest(item.intents)[0] not in _PLEASANTRIES]

    def _candidates(self, questions: list[Scored]) -> list[Scored]:
        """Leaves out pleasantries and sentences that ask nothing, as long as something is left."""
        serious = self._serious(questions)
        asking = [item for item in serious if item.clause.asks]
        if sum(len(item.words) for item in questions) > _LONG_MESSAGE_WORDS:  # an e-mail tells much before it asks
            marked = [item for item in serious if "?" in item.clause.text]
            return marked or [item for item in serious if item.clause.is_question] or asking or serious or questions[:1]
        return asking or serious or questions[:1]


def _meant(tokens: list[Token], message: str) -> list[Token]:
    """Returns the tokens of a message that are still in it."""
    return [token for token in tokens if message[token.start : token.end].strip()]


def _within(tokens: list[Token], clause: Clause) -> list[Token]:
    return [token for token in tokens if clause.holds(token.start, token.end)]


def _payload_topic(message: str) -> str | None:
    topic = message.removeprefix(PAYLOAD_PREFIX)
    return topic if topic != message and topic in BY_ID else None


def _mostly_latin(message: str) -> bool:
    """Tells whether there are letters, and at least half of them are Latin."""
    letters = [char for char in message if char.isalpha()]
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    return bool(letters) and latin * 2 >= len(letters) and re.search(r"[^\W\d_]{2}", message) is not None
