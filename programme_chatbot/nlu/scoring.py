"""Scores texts in one pass: how likely each intent is, and how near each statement of the knowledge file."""

from __future__ import annotations

from dataclasses import dataclass

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
