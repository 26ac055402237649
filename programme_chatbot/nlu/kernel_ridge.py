"""What the models share: kernel ridge regression, which weighs training examples by how alike they are to a text.

One-against-all regression on 0 and 1 with squared loss; Rifkin, Yeo & Poggio, "Regularized Least-Squares
Classification" (2003). Why not logistic regression: docs/decisions/0015-kernel-ridge.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from programme_chatbot.nlu.features import Array

_LEAST = 0.03  # below this, scores tell nothing; chosen with the powers by the likelihood of unseen examples


def kernel(likeness: Array) -> Array:
    """Returns the kernel, ((1 + likeness) / 2) ** 3, of likenesses from -1 to 1; same shape."""
    half = np.asarray((likeness + 1) / 2, dtype=np.float32)
    return half * half * half  # "** 3" takes five times as long


def weights_of(kernel_: Array, labels: Sequence[int], *, ridge: float) -> Array:
    """Returns the weight of each training example for each label, shape (examples, labels).

    Args:
        kernel_: kernel between the examples, shape (examples, examples); overwritten, as it may take gigabytes.
        labels: the label of each example, from 0.
        ridge: regularisation strength, above 0.
    """
    wanted = np.zeros((len(labels), max(labels) + 1), dtype=np.float32)
    wanted[np.arange(len(labels)), labels] = 1.0
    kernel_[np.diag_indices(len(labels))] += ridge
    # The transpose is the same matrix in the order of memory that LAPACK needs, so that nothing is copied.
    factor = cho_factor(kernel_.T, lower=True, overwrite_a=True, check_finite=False)
    return np.asarray(cho_solve(factor, wanted, check_finite=False), dtype=np.float32)


def probabilities(scores: Array, *, power: float) -> Array:
    """Returns the probabilities of scores in the last axis, same shape.

    Args:
        scores: what the weights make of the kernel: about 1 for the right label, about 0 for others.
        power: the higher, the surer.
    """
    shares = (np.maximum(scores, 0.0) + _LEAST) ** power
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True), dtype=np.float32)
