"""What the models share that are logistic regressions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from programme_chatbot.nlu.features import Array


def trained(vectors: Array, labels: Sequence[str], *, c: float, iterations: int, seed: int = 0) -> LogisticRegression:
    """Returns a trained regression.

    Args:
        vectors: what to learn from, shape (examples, dimensions).
        labels: the label of each, of two kinds at least.
        c: inverse regularisation strength.
        iterations: after how many it ends at the latest.
        seed: seed of everything random.
    """
    regression = LogisticRegression(C=c, max_iter=iterations, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
        return regression.fit(vectors, labels)


def weights_and_biases(regression: LogisticRegression) -> tuple[Array, Array]:
    """Returns the weights of a trained regression, one row for each class, and its biases."""
    weights, biases = regression.coef_, regression.intercept_
    if len(regression.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights, biases = np.vstack([-weights, weights]) / 2, np.hstack([-biases, biases]) / 2
    return weights.astype(np.float32), biases.astype(np.float32)


def probabilities(scores: Array) -> Array:
    """Returns the probabilities (softmax) of the scores in the last axis, same shape."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), dtype=np.float32)
