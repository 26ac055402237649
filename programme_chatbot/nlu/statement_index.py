"""Tells how near texts are to the statements of the knowledge file, and to what it knows that it does not know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from programme_chatbot.nlu.intent_model import Array
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder

_ARRAYS = "statements.npz"
_NAMES = "statements.json"


@dataclass(frozen=True)
class Statement:
    """A statement or a known gap.

    Args:
        id: its id in the knowledge file.
        topic: id of its topic.
        texts: itself, and how people ask for it; normalised.
    """

    id: str
    topic: str
    texts: tuple[str, ...]


class StatementIndex:
    """Finds the statements that texts ask for.

    Args:
        names: id and topic of each statement.
        starts: index of the first vector of each statement.
        vectors: unit vectors of the texts of all statements, in their order, shape (texts, dimensions).
    """

    def __init__(self, names: Sequence[tuple[str, str]], starts: Sequence[int], vectors: Array) -> None:
        self.names = [(str(name), str(topic)) for name, topic in names]
        self._starts = np.array(starts, dtype=np.int64)
        self._vectors = vectors

    @classmethod
    def build(cls, encoder: SentenceEncoder, statements: Sequence[Statement]) -> StatementIndex:
        """Builds the index of statements, each with at least one text."""
        texts = [text for statement in statements for text in statement.texts]
        counts = [len(statement.texts) for statement in statements]
        starts = [sum(counts[:index]) for index in range(len(counts))]
        return cls([(item.id, item.topic) for item in statements], starts, encoder.encode(texts))

    def nearness(self, embeddings: Array) -> Array:
        """Returns the cosine of embeddings and the nearest text of each statement, shape (embeddings, statements)."""
        if not self.names:
            return np.zeros((len(embeddings), 0), dtype=np.float32)
        cosines = embeddings @ self._vectors.T
        return np.asarray(np.maximum.reduceat(cosines, self._starts, axis=1), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Writes the index into a folder."""
        np.savez_compressed(folder / _ARRAYS, starts=self._starts, vectors=self._vectors.astype(np.float16))
        (folder / _NAMES).write_text(json.dumps(self.names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StatementIndex:
        """Reads an index that `save` wrote; raises OSError or ValueError if it cannot."""
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(names, arrays["starts"], arrays["vectors"].astype(np.float32))
