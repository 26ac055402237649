"""Tells how alike texts are to those of the training examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from programme_chatbot.nlu.features import Array, TextFeatures, Vectors
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder

_ARRAYS = "likeness.npz"
_NGRAM_WEIGHT = 0.3  # beside the embedding's 1; from 0.25 to 0.5 makes no difference


class Likeness:
    """Tells how alike texts are to known ones.

    Args:
        features: turns texts into vectors.
        known: vectors of the known texts.
    """

    def __init__(self, features: TextFeatures, known: Vectors) -> None:
        self._features = features
        self._known = known
        self._ngrams_across = known.ngrams.T.tocsr()

    @classmethod
    def train(cls, encoder: SentenceEncoder, texts: list[str]) -> Likeness:
        """Learns to compare with some texts.

        Args:
            encoder: the sentence encoder.
            texts: the texts to know, normalised and different from one another.
        """
        features = TextFeatures.train(encoder, texts)
        return cls(features, features(texts))

    def __call__(self, texts: list[str]) -> Array:
        """Returns how alike texts are to the known ones, -1 to 1; shape (texts, known texts)."""
        different, position = np.unique(texts, return_inverse=True)
        return np.asarray(self._compare(self._features(different.tolist()))[position])

    def among_known(self, rows: npt.NDArray[np.int32]) -> Array:
        """Returns how alike known texts are to the known ones; shape (rows, known texts)."""
        different, position = np.unique(rows, return_inverse=True)
        return np.asarray(self._compare(self._known[different])[position])

    def save(self, folder: Path) -> None:
        """Writes what was learnt into a folder, as arrays and JSON."""
        self._features.save(folder)
        ngrams = self._known.ngrams
        np.savez_compressed(
            folder / _ARRAYS,
            embeddings=self._known.embeddings.astype(np.float16),
            ngrams=ngrams.data.astype(np.float16),
            columns=ngrams.indices.astype(np.int32),
            rows=ngrams.indptr.astype(np.int32),
            shape=np.array(ngrams.shape),
        )

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path) -> Likeness:
        """Reads what `save` wrote; raises OSError or ValueError if it cannot."""
        features = TextFeatures.load(encoder, folder)
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            ngrams = csr_matrix(
                (arrays["ngrams"].astype(np.float32), arrays["columns"], arrays["rows"]), shape=tuple(arrays["shape"])
            )
            return cls(features, Vectors(arrays["embeddings"].astype(np.float32), ngrams))

    def _compare(self, vectors: Vectors) -> Array:
        embeddings = vectors.embeddings / (1 + _NGRAM_WEIGHT)
        ngrams = vectors.ngrams * (_NGRAM_WEIGHT / (1 + _NGRAM_WEIGHT))
        return np.asarray(embeddings @ self._known.embeddings.T + (ngrams @ self._ngrams_across), dtype=np.float32)
