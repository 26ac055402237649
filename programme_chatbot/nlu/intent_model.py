"""The intent model: weighs examples by how alike an utterance is to them: own words, words in context, topic before.

Knows nothing of Rasa, so that training, saving and the choice of its settings can be tested and tuned alone.
The measurements behind it: docs/decisions/0008-follow-ups.md and 0015-kernel-ridge.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.kernel_ridge import kernel, probabilities, weights_of
from programme_chatbot.nlu.likeness import Likeness

_ARRAYS = "intent_model.npz"
_LABELS = "intent_model.json"
_POWER = 3.0
_BLOCK = 512  # rows of the kernel that are worked out together


@dataclass(frozen=True)
class Settings:
    """Settings of the model.

    Args:
        ridge: regularisation strength.
        context_weight: weight of the words in context; that of an utterance's own words is 1.
        topic_weight: weight of the topic that an utterance follows, half of it for the same area alone.
    """

    ridge: float = 0.03
    context_weight: float = 0.5
    topic_weight: float = 0.15


class IntentModel:
    """Tells how likely each intent is for an utterance.

    Args:
        settings: settings.
        intents: names of the intents.
        own: for each example, the known text that its own words are.
        in_context: the same for its words in context.
        after: for each example, id of the topic that it follows; empty if it stands alone.
        weights: weight of each example for each intent, shape (examples, intents).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        intents: Sequence[str],
        own: npt.NDArray[np.int32],
        in_context: npt.NDArray[np.int32],
        after: Sequence[str],
        weights: Array,
    ) -> None:
        self.intents = list(intents)
        self._settings = settings
        self._own = own
        self._in_context = in_context
        self._after = np.array(after, dtype=str)
        names = sorted({*after, *map(_area, after)})
        self._numbers = {name: number for number, name in enumerate(names, start=1) if name}
        self._topics, self._areas = self._numbered(after, other=0)
        self._weights = weights

    @classmethod
    def train(
        cls,
        likeness: Likeness,
        *,
        own: npt.NDArray[np.int32],
        in_context: npt.NDArray[np.int32],
        after: Sequence[str],
        intents: Sequence[str],
        settings: Settings,
    ) -> IntentModel:
        """Trains a model.

        Args:
            likeness: compares with the known texts.
            own: for each example, the known text that its own words are.
            in_context: the same for its words in context.
            after: for each example, id of the topic that it follows; empty if it stands alone.
            intents: the intent of each.
            settings: settings.

        Returns:
            The trained model.

        Raises:
            ValueError: if there are fewer than two intents.
        """
        names = sorted(set(intents))
        if len(names) < 2:
            raise ValueError("An intent model needs examples of at least two intents.")
        nothing = np.zeros((0, 0), dtype=np.float32)
        model = cls(settings, intents=names, own=own, in_context=in_context, after=after, weights=nothing)
        among = np.empty((len(own), len(own)), dtype=np.float32)
        for first in range(0, len(own), _BLOCK):
            rows = slice(first, first + _BLOCK)
            alike = likeness.among_known(np.concatenate([own[rows], in_context[rows]]))
            half = len(alike) // 2
            among[rows] = model._kernel(alike[:half], alike[half:], after[rows])
        position = {name: index for index, name in enumerate(names)}
        model._weights = weights_of(among, [position[intent] for intent in intents], ridge=settings.ridge)
        return model

    def probabilities(self, own: Array, in_context: Array, after: Sequence[str]) -> Array:
        """Returns the probability of each intent for each utterance, shape (utterances, len(intents)).

        Args:
            own: how alike their own words are to the known texts, shape (utterances, known texts).
            in_context: the same for their words in context.
            after: for each, id of the topic that it follows; empty if it stands alone.
        """
        return probabilities(self._kernel(own, in_context, after) @ self._weights, power=_POWER)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder, as arrays and JSON (nothing that runs code when it is loaded)."""
        np.savez_compressed(
            folder / _ARRAYS, own=self._own, in_context=self._in_context, after=self._after, weights=self._weights
        )
        content = {"intents": self.intents, "settings": vars(self._settings)}
        (folder / _LABELS).write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Reads a model that `save` wrote; raises OSError or ValueError if it cannot."""
        content = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                Settings(**content["settings"]),
                intents=content["intents"],
                own=arrays["own"],
                in_context=arrays["in_context"],
                after=arrays["after"],
                weights=arrays["weights"],
            )

    def _kernel(self, own: Array, in_context: Array, after: Sequence[str]) -> Array:
        """Returns the kernel between utterances and the examples, shape (utterances, examples)."""
        context_weight, topic_weight = self._settings.context_weight, self._settings.topic_weight
        topics, areas = self._numbered(after, other=-1)
        together = own[:, self._own] + context_weight * in_context[:, self._in_context]
        together += topic_weight / 2 * (topics[:, None] == self._topics)
        together += topic_weight / 2 * (areas[:, None] == self._areas)
        return kernel(together / (1 + context_weight + topic_weight))

    def _numbered(self, topics: Sequence[str], *, other: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Returns numbers of topics and of their areas, which compare faster than names; `other` for unknown ones."""
        return (
            np.array([self._numbers.get(topic, other) for topic in topics], dtype=np.int32),
            np.array([self._numbers.get(_area(topic), other) for topic in topics], dtype=np.int32),
        )


def _area(topic: str) -> str:
    return topic.split(".")[0]
