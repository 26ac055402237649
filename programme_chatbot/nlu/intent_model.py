"""The intent model: sentence embedding + n-grams of characters and words, logistic regression.

Knows nothing of Rasa, so that training, saving and the choice of its settings can be tested and tuned alone.
The measurements behind it: docs/decisions/0001-intent-classifier.md.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from programme_chatbot.nlu.sentence_encoder import SentenceEncoder

Array = npt.NDArray[np.float32]
_ARRAYS = "intent_model.npz"
_LABELS = "intent_model.json"


@dataclass(frozen=True)
class Settings:
    """Settings of the model.

    Args:
        c: inverse regularisation strength of the logistic regression.
        dimensions: number of dimensions that the n-grams are reduced to.
        ngram_weight: length of the n-gram part of a feature vector, where the embedding's is 1.
        seed: seed of everything random.
    """

    c: float = 10.0
    dimensions: int = 384
    ngram_weight: float = 0.5
    seed: int = 20260115


class IntentModel:
    """Tells how likely each intent is for a text."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        settings: Settings,
        *,
        vectorizer: TfidfVectorizer,
        projection: Array,
        weights: Array,
        biases: Array,
        intents: list[str],
    ) -> None:
        self.intents = intents
        self._encoder = encoder
        self._settings = settings
        self._vectorizer = vectorizer
        # Rows must lie together in memory: a text picks some dozens of them (6 ms less a message).
        self._projection = np.ascontiguousarray(projection)
        self._weights = weights
        self._biases = biases

    @classmethod
    def train(cls, encoder: SentenceEncoder, texts: list[str], intents: list[str], settings: Settings) -> IntentModel:
        """Trains a model.

        Args:
            encoder: the sentence encoder.
            texts: normalised examples.
            intents: the intent of each example, same length.
            settings: settings.

        Returns:
            The trained model.

        Raises:
            ValueError: if there are fewer than two intents.
        """
        if len(set(intents)) < 2:
            raise ValueError("An intent model needs examples of at least two intents.")
        vectorizer = _vectorizer()
        counts = vectorizer.fit_transform(texts)
        dimensions = min(settings.dimensions, min(counts.shape) - 1)
        svd = TruncatedSVD(dimensions, n_iter=3, random_state=settings.seed).fit(counts)
        model = cls(
            encoder,
            settings,
            vectorizer=vectorizer,
            projection=svd.components_.T.astype(np.float32),
            weights=np.zeros((0, 0), dtype=np.float32),
            biases=np.zeros(0, dtype=np.float32),
            intents=sorted(set(intents)),
        )
        regression = LogisticRegression(C=settings.c, max_iter=300, random_state=settings.seed)
        regression.fit(model.features(texts), intents)
        model.intents = [str(intent) for intent in regression.classes_]
        model._weights = regression.coef_.astype(np.float32)
        model._biases = regression.intercept_.astype(np.float32)
        if len(model.intents) == 2:  # scikit-learn keeps one row for two classes
            model._weights = np.vstack([-model._weights, model._weights]) / 2
            model._biases = np.hstack([-model._biases, model._biases]) / 2
        return model

    def features(self, texts: list[str]) -> Array:
        """Returns the feature vectors of `texts`, shape (len(texts), 384 + dimensions)."""
        # Of one type: otherwise scipy copies the whole projection for each message.
        ngrams = self._vectorizer.transform(texts).astype(np.float32) @ self._projection
        norms = np.linalg.norm(ngrams, axis=1, keepdims=True)
        ngrams = ngrams / np.maximum(norms, 1e-9) * self._settings.ngram_weight
        return np.hstack([self._encoder.encode(texts), ngrams])

    def probabilities_of(self, features: Array) -> Array:
        """Returns the probability of each intent for each row of `features`, shape (rows, len(intents))."""
        scores = features @ self._weights.T + self._biases
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder, as arrays and JSON (nothing that runs code when it is loaded)."""
        vocabulary = self._vectorizer.vocabulary_
        terms = sorted(vocabulary, key=lambda term: int(vocabulary[term]))
        np.savez_compressed(
            folder / _ARRAYS,
            idf=self._vectorizer.idf_,
            projection=self._projection,
            weights=self._weights,
            biases=self._biases,
        )
        content = {"intents": self.intents, "terms": terms, "settings": vars(self._settings)}
        (folder / _LABELS).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path) -> IntentModel:
        """Reads a model that `save` wrote; raises OSError or ValueError if it cannot."""
        content = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            vectorizer = _vectorizer(content["terms"])
            vectorizer.idf_ = arrays["idf"]
            return cls(
                encoder,
                Settings(**content["settings"]),
                vectorizer=vectorizer,
                projection=arrays["projection"],
                weights=arrays["weights"],
                biases=arrays["biases"],
                intents=content["intents"],
            )


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
