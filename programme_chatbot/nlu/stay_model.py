"""Tells how likely a follow-up stays with the topic that was answered last.

"For how long?" after housing asks about housing, although by itself it asks how long the programme is. What tells: how
likely the topic is for the words alone and with its subject spelt out, and how near its statements are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from programme_chatbot.nlu.intent_model import Array

_FILE = "stay_model.json"
_LEAST_PROBABILITY = 1e-4


def features(*, alone: Array, in_context: Array, last: int, near_last: float, near_others: float) -> Array:
    """Returns what the model looks at, shape (6,).

    Args:
        alone: probabilities of the intents for the follow-up alone, shape (intents,).
        in_context: the same with the subject of the last topic spelt out.
        last: index of the intent of the last topic.
        near_last: cosine of the follow-up alone and the nearest statement of the last topic.
        near_others: the same for statements of other topics.
    """
    return np.array(
        [
            alone.max(),
            np.log(max(alone[last], _LEAST_PROBABILITY)),
            np.log(max(in_context[last], _LEAST_PROBABILITY)),
            float(in_context.argmax() == last),
            near_last,
            near_others,
        ],
        dtype=np.float32,
    )


@dataclass(frozen=True)
class StayModel:
    """A logistic regression over `features`.

    Args:
        weights: one for each feature.
        bias: the constant.
    """

    weights: tuple[float, ...]
    bias: float

    @classmethod
    def never(cls) -> StayModel:
        """Returns a model for which nothing stays: what there is before there are examples."""
        return cls((0.0,) * 6, -100.0)

    @classmethod
    def train(cls, rows: list[Array], stays: list[bool]) -> StayModel:
        """Trains a model.

        Args:
            rows: features of follow-ups.
            stays: whether each of them stays with the last topic; both kinds must occur.
        """
        regression = LogisticRegression(C=10.0, max_iter=1000).fit(np.vstack(rows), stays)
        return cls(tuple(float(weight) for weight in regression.coef_[0]), float(regression.intercept_[0]))

    def probability(self, row: Array) -> float:
        """Returns the probability that a follow-up with these features stays, 0 to 1."""
        return float(1 / (1 + np.exp(-(np.dot(self.weights, row) + self.bias))))

    def save(self, folder: Path) -> None:
        """Writes the model into a folder."""
        (folder / _FILE).write_text(json.dumps({"weights": self.weights, "bias": self.bias}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StayModel:
        """Reads a model that `save` wrote; raises OSError or ValueError if it cannot."""
        content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(tuple(content["weights"]), content["bias"])
