"""Scores texts in one pass: how likely each intent is, and how near each statement of the knowledge file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from programme_chatbot.nlu.intent_model import Array, IntentModel
from programme_chatbot.nlu.sentence_encoder import DIMENSIONS
from programme_chatbot.nlu.statement_index import StatementIndex


@dataclass(frozen=True)
class Scores:
    """What texts may ask, one row a text.

    Args:
        intents: probability of each intent, shape (texts, intents).
        statements: nearness (cosine) of each statement, shape (texts, statements).
    """

    intents: Array
    statements: Array


class Scorer:
    """Scores texts.

    Args:
        model: tells the intents.
        index: tells the statements; built with the encoder that the model uses.
    """

    def __init__(self, model: IntentModel, index: StatementIndex) -> None:
        self.intents = model.intents
        self.statements = index.names
        self._model = model
        self._index = index

    def __call__(self, texts: list[str]) -> Scores:
        """Returns the scores of normalised texts."""
        features = self._model.features(texts)
        return Scores(self._model.probabilities_of(features), self._index.nearness(features[:, :DIMENSIONS]))


class RememberingScorer:
    """Scores each text once; for training and tuning, where the same texts come again and many at once cost less.

    Args:
        score: what scores texts.
    """

    def __init__(self, score: Callable[[list[str]], Scores]) -> None:
        self._score = score
        self._rows: dict[str, tuple[Array, Array]] = {}

    def __call__(self, texts: list[str]) -> Scores:
        """Returns the scores of normalised texts."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            scores = self._score(new)
            self._rows.update(zip(new, zip(scores.intents, scores.statements, strict=True), strict=True))
        rows = [self._rows[text] for text in texts]
        return Scores(np.array([intents for intents, _ in rows]), np.array([near for _, near in rows]))
