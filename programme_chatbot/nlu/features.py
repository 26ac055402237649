"""Turns texts into vectors: sentence embeddings, and beside them n-grams of characters and words."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from programme_chatbot.nlu.sentence_encoder import SentenceEncoder

Array = npt.NDArray[np.float32]
_ARRAYS = "features.npz"
_TERMS = "features.json"
# What stands in more texts than this tells little, and costs most of the time.
_LARGEST_SHARE = 0.05
_ALWAYS_RARE = 20


@dataclass(frozen=True)
class Vectors:
    """Vectors of texts, each of length 1 (n-grams: or 0).

    Args:
        embeddings: shape (texts, 384).
        ngrams: shape (texts, n-grams).
    """

    embeddings: Array
    ngrams: csr_matrix

    def __getitem__(self, rows: slice | npt.NDArray[np.int32]) -> Vectors:
        """Returns the vectors in some rows."""
        return Vectors(self.embeddings[rows], self.ngrams[rows])


class TextFeatures:
    """Turns texts into vectors.

    Args:
        encoder: the sentence encoder.
        vectorizer: counts the n-grams.
    """

    def __init__(self, encoder: SentenceEncoder, vectorizer: TfidfVectorizer) -> None:
        self._encoder = encoder
        self._vectorizer = vectorizer

    @classmethod
    def train(cls, encoder: SentenceEncoder, texts: list[str]) -> TextFeatures:
        """Learns which n-grams there are, and how rare each is.

        Args:
            encoder: the sentence encoder.
            texts: normalised texts.
        """
        most = max(_ALWAYS_RARE, int(_LARGEST_SHARE * len(texts)))
        return cls(encoder, _vectorizer(min_df=2 if len(texts) > _ALWAYS_RARE else 1, max_df=most).fit(texts))

    def __call__(self, texts: list[str]) -> Vectors:
        """Returns the vectors of texts."""
        return Vectors(self._encoder.encode(texts), self._vectorizer.transform(texts))

    def save(self, folder: Path) -> None:
        """Writes what was learnt into a folder, as arrays and JSON (nothing that runs code when it is loaded)."""
        vocabulary = self._vectorizer.vocabulary_
        terms = sorted(vocabulary, key=lambda term: int(vocabulary[term]))
        np.savez_compressed(folder / _ARRAYS, idf=self._vectorizer.idf_)
        (folder / _TERMS).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path) -> TextFeatures:
        """Reads what `save` wrote; raises OSError or ValueError if it cannot."""
        terms = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        vectorizer = _vectorizer(vocabulary={term: index for index, term in enumerate(terms)})
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            vectorizer.idf_ = arrays["idf"]
        return cls(encoder, vectorizer)


def _vectorizer(
    *, min_df: int = 1, max_df: float | int = 1.0, vocabulary: dict[str, int] | None = None
) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=_ngrams, sublinear_tf=True, min_df=min_df, max_df=max_df, vocabulary=vocabulary, dtype=np.float32
    )


def _ngrams(text: str) -> list[str]:
    """Returns the 2- to 4-grams of characters within words (a space marks their ends), words and pairs of words."""
    words = text.split()
    padded = [f" {word} " for word in words]
    characters = [
        word[start : start + size] for word in padded for size in (2, 3, 4) for start in range(len(word) - size + 1)
    ]
    return [
        *characters,
        *(f"{word}_" for word in words),
        *(f"{a}_{b}" for a, b in itertools.pairwise(words)),
    ]
