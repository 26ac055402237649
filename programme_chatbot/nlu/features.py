"""Turns texts into feature vectors: the sentence embedding beside n-grams of characters and words."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from programme_chatbot.nlu.sentence_encoder import SentenceEncoder

Array = npt.NDArray[np.float32]
_ARRAYS = "features.npz"
_TERMS = "features.json"


class TextFeatures:
    """Turns texts into vectors.

    Args:
        encoder: the sentence encoder.
        vectorizer: counts the n-grams.
        projection: reduces the n-grams, shape (n-grams, dimensions); kept as 16-bit numbers, which halves the memory.
    """

    def __init__(self, encoder: SentenceEncoder, vectorizer: TfidfVectorizer, projection: Array) -> None:
        self._encoder = encoder
        self._vectorizer = vectorizer
        # Rows must lie together in memory: a text picks some dozens of them (6 ms less a message).
        self._projection = np.ascontiguousarray(projection, dtype=np.float16)

    @classmethod
    def train(cls, encoder: SentenceEncoder, texts: list[str], *, dimensions: int, seed: int) -> TextFeatures:
        """Learns which n-grams there are and how to reduce them.

        Args:
            encoder: the sentence encoder.
            texts: normalised texts.
            dimensions: number of dimensions that the n-grams are reduced to, at most.
            seed: seed of the reduction.
        """
        vectorizer = _vectorizer()
        counts = vectorizer.fit_transform(texts)
        svd = TruncatedSVD(min(dimensions, min(counts.shape) - 1), n_iter=3, random_state=seed).fit(counts)
        return cls(encoder, vectorizer, svd.components_.T)

    def __call__(self, texts: list[str]) -> Array:
        """Returns the vectors of texts: embedding and n-grams, each of length 1; shape (texts, 384 + dimensions)."""
        different = list(dict.fromkeys(texts))
        counts = self._vectorizer.transform(different)
        ngrams = np.zeros((len(different), self._projection.shape[1]), dtype=np.float32)
        for index, (start, end) in enumerate(itertools.pairwise(counts.indptr)):
            chosen = self._projection[counts.indices[start:end]].astype(np.float32)
            ngrams[index] = counts.data[start:end] @ chosen
        ngrams /= np.maximum(np.linalg.norm(ngrams, axis=1, keepdims=True), 1e-9)
        vectors = np.hstack([self._encoder.encode(different), ngrams])
        position = {text: index for index, text in enumerate(different)}
        return np.asarray(vectors[[position[text] for text in texts]], dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Writes what was learnt into a folder, as arrays and JSON (nothing that runs code when it is loaded)."""
        vocabulary = self._vectorizer.vocabulary_
        terms = sorted(vocabulary, key=lambda term: int(vocabulary[term]))
        np.savez_compressed(folder / _ARRAYS, idf=self._vectorizer.idf_, projection=self._projection)
        (folder / _TERMS).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path) -> TextFeatures:
        """Reads what `save` wrote; raises OSError or ValueError if it cannot."""
        vectorizer = _vectorizer(json.loads((folder / _TERMS).read_text(encoding="utf-8")))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            vectorizer.idf_ = arrays["idf"]
            return cls(encoder, vectorizer, arrays["projection"])


def _vectorizer(terms: list[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=_ngrams,
        sublinear_tf=True,
        min_df=2 if terms is None else 1,
        vocabulary={term: index for index, term in enumerate(terms)} if terms is not None else None,
        dtype=np.float32,
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
