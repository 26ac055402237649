"""Scores texts in one pass: how likely each intent is, and how near each statement of the knowledge file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from programme_chatbot.knowledge import Knowledge
from programme_chatbot.nlu.intent_model import Array, IntentModel
from programme_chatbot.nlu.sentence_encoder import DIMENSIONS, SentenceEncoder


@dataclass(frozen=True)
class Scores:
    """What texts may ask, one row a text.

    Args:
        intents: probability of each intent, shape (texts, intents).
        statements: cosine of the text and each statement, shape (texts, statements).
    """

    intents: Array
    statements: Array


class Scorer:
    """Scores texts with the intent model and the statements of a knowledge file.

    Args:
        model: the intent model.
        encoder: the encoder that the model uses.
        knowledge: the knowledge file, as it is now.
    """

    def __init__(self, model: IntentModel, encoder: SentenceEncoder, knowledge: Knowledge) -> None:
        self.intents = model.intents
        self.statements = [(fact.id, fact.topic) for fact in knowledge.facts]
        self._model = model
        # With its keywords, as those are the words of people who ask.
        self._vectors = encoder.encode([f"{fact.text} {', '.join(fact.keywords)}".lower() for fact in knowledge.facts])

    def __call__(self, texts: list[str]) -> Scores:
        """Returns the scores of normalised texts."""
        features = self._model.features(texts)
        statements = np.asarray(features[:, :DIMENSIONS] @ self._vectors.T, dtype=np.float32)
        return Scores(self._model.probabilities_of(features), statements)
