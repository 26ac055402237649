"""What is done to any text that people type before it is stored, understood or taken for a command."""

from __future__ import annotations

import re
import unicodedata

from programme_chatbot.knowledge.topics import PAYLOAD_PREFIX

_LEADING_SLASHES = re.compile(r"^[\s/]+")


def encodable(text: str) -> str:
    """Returns `text` with lone surrogates, which JSON may hold and nothing can store, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clean(text: str) -> str:
    """Returns `text` with compatible characters unified and without control and direction characters.

    Line breaks stay: they separate sentences.
    """
    unified = unicodedata.normalize("NFKC", text)
    return "".join(" " if unicodedata.category(char)[0] == "C" and char != "\n" else char for char in unified)


def without_command(text: str) -> str:
    """Returns `text` clean and without the slashes at its beginning, by which Rasa knows commands."""
    return _LEADING_SLASHES.sub("", clean(text)).rstrip()


def as_typed(text: str) -> str:
    """Returns what Rasa gets to see of a text that a user has typed: never a command, and never a pressed button."""
    plain = without_command(text)
    return plain.replace(":", " ", 1) if plain.lower().startswith(PAYLOAD_PREFIX) else plain
