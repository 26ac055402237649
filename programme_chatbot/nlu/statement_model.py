"""The statement model: which statement of its topic a question asks for, or whether it asks in general.

Weighs the examples of the topic by how alike they are to the question's own words. Figures:
docs/decisions/0008-follow-ups.md and 0015-kernel-ridge.md.
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

_ARRAYS = "statement_model.npz"
_NAMES = "statement_model.json"
_RIDGE = 0.1
_POWER = 2.0


@dataclass(frozen=True)
class Asked:
    """What an example asks for.

    Args:
        topic: id of its topic.
        statement: id of a statement of that topic, `GENERAL` or `ABSENT` (see knowledge/topics.py).
    """

    topic: str
    statement: str


@dataclass(frozen=True)
class _Topic:
    """What is known of a topic.

    Args:
        statements: what its examples ask for, each once.
        texts: for each example, the known text that its own words are.
        weights: weight of each example for each statement, shape (examples, statements).
    """

    statements: tuple[str, ...]
    texts: npt.NDArray[np.int32]
    weights: Array


class StatementModel:
    """Tells which statement of a topic a question asks for.

    Args:
        topics: what is known of each topic, by its id.
    """

    def __init__(self, topics: dict[str, _Topic]) -> None:
        self._topics = topics

    @classmethod
    def train(cls, likeness: Likeness, asked: Sequence[Asked], texts: npt.NDArray[np.int32]) -> StatementModel:
        """Trains a model.

        Args:
            likeness: compares with the known texts.
            asked: what each example asks for.
            texts: for each example, the known text that its own words are.
        """
        topics = {}
        for topic in sorted({item.topic for item in asked}):
            chosen = [index for index, item in enumerate(asked) if item.topic == topic]
            statements = sorted({asked[index].statement for index in chosen})
            labels = [statements.index(asked[index].statement) for index in chosen]
            own = texts[chosen]
            weights = weights_of(kernel(likeness.among_known(own)[:, own]), labels, ridge=_RIDGE)
            topics[topic] = _Topic(tuple(statements), own, weights)
        return cls(topics)

    def ranking(self, topic: str, own: Array) -> tuple[tuple[str, float], ...]:
        """Returns what is asked for on a topic with its probability, likeliest first: statements, `GENERAL`, `ABSENT`.

        Args:
            topic: id of the topic.
            own: how alike the question's own words are to the known texts, shape (known texts,).
        """
        known = self._topics.get(topic)
        if known is None:
            return ()
        shares = probabilities(kernel(own[known.texts]) @ known.weights, power=_POWER)
        order = np.argsort(-shares, kind="stable")
        return tuple((known.statements[index], round(float(shares[index]), 4)) for index in order)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder, as arrays and JSON."""
        texts = {f"{name} texts": topic.texts for name, topic in self._topics.items()}
        weights = {f"{name} weights": topic.weights for name, topic in self._topics.items()}
        np.savez_compressed(folder / _ARRAYS, **texts, **weights)
        names = {name: topic.statements for name, topic in self._topics.items()}
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StatementModel:
        """Reads a model that `save` wrote; raises OSError or ValueError if it cannot."""
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                {
                    name: _Topic(tuple(statements), arrays[f"{name} texts"], arrays[f"{name} weights"])
                    for name, statements in names.items()
                }
            )
