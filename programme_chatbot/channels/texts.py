"""What channels do to any text that comes in."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Returns `text` with lone surrogates, which JSON may hold and nothing can store, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
