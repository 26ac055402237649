"""The intent model: logistic regression over an utterance's own words, its words in context, and the topic it follows.

Knows nothing of Rasa, so that training, saving and the choice of its settings can be tested and tuned alone.
The measurements behind it: docs/decisions/0001-intent-classifier.md and 0008-follow-ups.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from programme_chatbot.knowledge.topics import BY_ID, TOPICS
from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.follow_up import Utterance
from programme_chatbot.nlu.regression import probabilities, trained, weights_and_biases

_ARRAYS = "intent_model.npz"
_LABELS = "intent_model.json"
# 40 and 176 (where it converges) give the same share of right intents; with more, what is right is surer.
_ITERATIONS = 120


@dataclass(frozen=True)
class Settings:
    """Settings of the model.

    Args:
        c: inverse regularisation strength of the logistic regression.
        dimensions: number of dimensions that the n-grams are reduced to.
        text_weight: weight of the vectors of own words and of words in context.
        topic_weight: weight of the topic that an utterance follows, and of that topic's area.
        seed: seed of everything random.
    """

    c: float = 10.0
    dimensions: int = 768
    text_weight: float = 0.7
    topic_weight: float = 0.3
    seed: int = 20260115


class IntentModel:
    """Tells how likely each intent is for an utterance."""

    def __init__(
        self, settings: Settings, *, weights: Array, biases: Array, intents: list[str], topics: list[str]
    ) -> None:
        self.intents = intents
        self._settings = settings
        self._weights = weights
        self._biases = biases
        # Columns of the topic that an utterance follows: one for each topic, then one for each area.
        self._topics = topics
        self._columns = {name: index for index, name in enumerate([*topics, *_areas(topics)])}

    @classmethod
    def train(
        cls, utterances: list[Utterance], own: Array, in_context: Array, intents: list[str], settings: Settings
    ) -> IntentModel:
        """Trains a model.

        Args:
            utterances: the utterances.
            own: vectors of their own words, shape (utterances, dimensions).
            in_context: vectors of their words in context, same shape.
            intents: the intent of each, same length.
            settings: settings.

        Returns:
            The trained model.

        Raises:
            ValueError: if there are fewer than two intents.
        """
        if len(set(intents)) < 2:
            raise ValueError("An intent model needs examples of at least two intents.")
        empty = np.zeros((0, 0), dtype=np.float32)
        model = cls(
            settings,
            weights=empty,
            biases=empty,
            intents=[],
            topics=[topic.id for topic in TOPICS],
        )
        vectors = model._features(utterances, own, in_context)
        regression = trained(vectors, intents, c=settings.c, iterations=_ITERATIONS, seed=settings.seed)
        model.intents = [str(intent) for intent in regression.classes_]
        model._weights, model._biases = weights_and_biases(regression)
        return model

    def probabilities(self, utterances: list[Utterance], own: Array, in_context: Array) -> Array:
        """Returns the probability of each intent for each utterance, shape (utterances, len(intents)).

        Args:
            utterances: the utterances.
            own: vectors of their own words, shape (utterances, dimensions).
            in_context: vectors of their words in context, same shape.
        """
        return probabilities(self._features(utterances, own, in_context) @ self._weights.T + self._biases)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder, as arrays and JSON (nothing that runs code when it is loaded)."""
        np.savez_compressed(folder / _ARRAYS, weights=self._weights, biases=self._biases)
        content = {"intents": self.intents, "topics": self._topics, "settings": vars(self._settings)}
        (folder / _LABELS).write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Reads a model that `save` wrote; raises OSError or ValueError if it cannot."""
        content = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                Settings(**content["settings"]),
                weights=arrays["weights"],
                biases=arrays["biases"],
                intents=content["intents"],
                topics=content["topics"],
            )

    def _features(self, utterances: list[Utterance], own: Array, in_context: Array) -> Array:
        after = np.zeros((len(utterances), len(self._columns)), dtype=np.float32)
        for row, utterance in zip(after, utterances, strict=True):
            if utterance.after in BY_ID:
                for name in (utterance.after, BY_ID[utterance.after].area):
                    if name in self._columns:
                        row[self._columns[name]] = self._settings.topic_weight
        return np.hstack([self._settings.text_weight * own, self._settings.text_weight * in_context, after])


def _areas(topics: list[str]) -> list[str]:
    return sorted({topic.split(".")[0] for topic in topics})
