"""The statement model: which statement of its topic a question asks for, or whether it asks in general.

One logistic regression for each topic, over a question's own words. Figures: docs/decisions/0008-follow-ups.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.regression import probabilities, trained, weights_and_biases

_ARRAYS = "statement_model.npz"
_NAMES = "statement_model.json"
_C = 10.0
_ITERATIONS = 300


@dataclass(frozen=True)
class Asked:
    """What an example asks for.

    Args:
        topic: id of its topic.
        statement: id of a statement of that topic, `GENERAL` or `ABSENT` (see knowledge/topics.py).
    """

    topic: str
    statement: str


class StatementModel:
    """Tells which statement of a topic a question asks for.

    Args:
        names: topic and statement of each row.
        weights: one row for each name, shape (names, dimensions).
        biases: one for each name.
    """

    def __init__(self, names: Sequence[Asked], weights: Array, biases: Array) -> None:
        self._names = list(names)
        self._weights = weights
        self._biases = biases
        self._rows: dict[str, list[int]] = {}
        for index, name in enumerate(self._names):
            self._rows.setdefault(name.topic, []).append(index)

    @classmethod
    def train(cls, asked: Sequence[Asked], vectors: Array) -> StatementModel:
        """Trains a model.

        Args:
            asked: what each example asks for.
            vectors: vectors of the examples' own words, shape (examples, dimensions).
        """
        names: list[Asked] = []
        weights, biases = [], []
        for topic in sorted({item.topic for item in asked}):
            chosen = [index for index, item in enumerate(asked) if item.topic == topic]
            labels = [asked[index].statement for index in chosen]
            statements = sorted(set(labels))
            names += [Asked(topic, statement) for statement in statements]
            if len(statements) == 1:
                weights.append(np.zeros((1, vectors.shape[1]), dtype=np.float32))
                biases.append(np.zeros(1, dtype=np.float32))
                continue
            rows, constants = weights_and_biases(trained(vectors[chosen], labels, c=_C, iterations=_ITERATIONS))
            weights.append(rows)
            biases.append(constants)
        if not names:
            return cls([], np.zeros((0, vectors.shape[1]), np.float32), np.zeros(0, np.float32))
        return cls(names, np.vstack(weights), np.hstack(biases))

    def ranking(self, topic: str, vector: Array) -> tuple[tuple[str, float], ...]:
        """Returns what is asked for on a topic with its probability, likeliest first: statements, `GENERAL`, `ABSENT`.

        Args:
            topic: id of the topic.
            vector: vector of the question's own words, shape (dimensions,).
        """
        rows = self._rows.get(topic, [])
        if not rows:
            return ()
        shares = probabilities(self._weights[rows] @ vector + self._biases[rows])
        order = np.argsort(-shares, kind="stable")
        return tuple((self._names[rows[index]].statement, round(float(shares[index]), 4)) for index in order)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder, as arrays and JSON."""
        np.savez_compressed(folder / _ARRAYS, weights=self._weights.astype(np.float16), biases=self._biases)
        names = [[name.topic, name.statement] for name in self._names]
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StatementModel:
        """Reads a model that `save` wrote; raises OSError or ValueError if it cannot."""
        names = [Asked(*name) for name in json.loads((folder / _NAMES).read_text(encoding="utf-8"))]
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(names, arrays["weights"].astype(np.float32), arrays["biases"])
