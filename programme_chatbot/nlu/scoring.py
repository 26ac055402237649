"""Scores utterances in one pass: how likely each intent is, with what the statement model needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.follow_up import Utterance
from programme_chatbot.nlu.intent_model import IntentModel
from programme_chatbot.nlu.likeness import Likeness


@dataclass(frozen=True)
class Scores:
    """What utterances may ask, one row an utterance.

    Args:
        intents: probability of each intent, shape (utterances, intents).
        own: how alike their own words are to the known texts, shape (utterances, known texts).
    """

    intents: Array
    own: Array


class Scorer:
    """Scores utterances.

    Args:
        likeness: compares texts with those of the examples.
        model: tells the intents.
    """

    def __init__(self, likeness: Likeness, model: IntentModel) -> None:
        self._likeness = likeness
        self._model = model

    def __call__(self, utterances: list[Utterance]) -> Scores:
        """Returns the scores of utterances."""
        rows = self._likeness([text for item in utterances for text in (item.text, item.in_context)])
        own, in_context = rows[::2], rows[1::2]
        return Scores(self._model.probabilities(own, in_context, [item.after for item in utterances]), own)


class RememberingScorer:
    """Scores each utterance once: the parts of a message are looked at in several ways.

    Args:
        score: what scores utterances.
    """

    def __init__(self, score: Callable[[list[Utterance]], Scores]) -> None:
        self._score = score
        self._rows: dict[Utterance, tuple[Array, Array]] = {}

    def __call__(self, utterances: list[Utterance]) -> Scores:
        """Returns the scores of utterances."""
        new = [item for item in dict.fromkeys(utterances) if item not in self._rows]
        if new:
            scores = self._score(new)
            self._rows.update(zip(new, zip(scores.intents, scores.own, strict=True), strict=True))
        rows = [self._rows[item] for item in utterances]
        return Scores(np.array([intents for intents, _ in rows]), np.array([own for _, own in rows]))
