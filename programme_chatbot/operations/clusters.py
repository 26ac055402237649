"""Puts questions that ask for like things together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import AgglomerativeClustering

from programme_chatbot.knowledge.topics import BY_INTENT
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder

# Any two questions of a group are at least so alike: docs/decisions/0013-operations.md tells what was measured.
_ENOUGH_ALIKE = 0.55
_MOST_TEXTS = 3000  # the memory that grouping takes grows with the square


@dataclass(frozen=True)
class Group:
    """Questions that ask for like things.

    Args:
        count: how many there are.
        texts: different wordings, the most frequent first.
        topic: id of the topic whose training examples are nearest.
        likeness: how near: 1 for the same words, under 0.5 for nothing like it.
    """

    count: int
    texts: tuple[str, ...]
    topic: str
    likeness: float


def group(questions: Sequence[str], examples: Sequence[tuple[str, str]], encoder: SentenceEncoder) -> list[Group]:
    """Groups questions.

    Args:
        questions: the questions; of more than 3,000 different ones the rarest are left out.
        examples: training examples as text and intent, to name the nearest topic by.
        encoder: tells how alike texts are.

    Returns:
        The groups, the most frequent first.
    """
    counts = Counter(_key(question) for question in questions)
    wording = {_key(question): question for question in reversed(questions)}
    keys = [key for key, _ in counts.most_common(_MOST_TEXTS)]
    if not keys:
        return []
    vectors = encoder.encode(keys)
    known = encoder.encode([text.lower() for text, _ in examples])
    groups = []
    for members in _alike(vectors):
        frequency = np.array([counts[keys[member]] for member in members])
        likeness = known @ _unit(frequency @ vectors[members])
        nearest = int(likeness.argmax())
        groups.append(
            Group(
                int(frequency.sum()),
                tuple(wording[keys[member]] for member in members),
                BY_INTENT[examples[nearest][1]].id,
                float(likeness[nearest]),
            )
        )
    return sorted(groups, key=lambda group: -group.count)


def _key(text: str) -> str:
    return " ".join(text.lower().strip(" ?!.").split())


def _alike(vectors: npt.NDArray[np.float32]) -> list[npt.NDArray[np.intp]]:
    """Returns the members of each group, by the position of their vectors."""
    if len(vectors) == 1:  # scikit-learn wants two
        return [np.array([0])]
    model = AgglomerativeClustering(
        n_clusters=None, affinity="cosine", linkage="complete", distance_threshold=1 - _ENOUGH_ALIKE
    )
    labels = model.fit_predict(vectors)
    return [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]


def _unit(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
