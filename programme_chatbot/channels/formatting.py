"""Brings messages into the forms that messaging services take: pieces, short titles, numbers, Slack's links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]  # of a user or of the bot, as in messages.py
Button = Mapping[str, str]
Source = Mapping[str, str]

_BREAKS = ("\n\n", "\n", ". ", " ")  # best first
_NUMBER = re.compile(r"\(?(\d{1,2})[.):]?")
_CHOOSE = "To choose, reply with a number:"


def length(text: str) -> int:
    """Returns the length of a text as services count it: characters outside the basic plane count twice."""
    return len(text.encode("utf-16-le")) // 2


def pieces(text: str, most: int) -> list[str]:
    """Splits a text into pieces, at the end of a paragraph, else of a line, a sentence or a word, else anywhere.

    Args:
        text: the text.
        most: how long a piece may be.

    Returns:
        The pieces, none of them empty.
    """
    found = []
    rest = text.strip()
    while length(rest) > most:
        head = rest[:most]
        while length(head) > most:
            head = head[:-1]
        # Not in the first third: a message more costs money and attention.
        ends = (end + len(mark.rstrip()) for mark in _BREAKS if (end := head.rfind(mark)) > len(head) // 3)
        end = next(ends, len(head))
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in (*found, rest) if piece]


def shortened(title: str, most: int) -> str:
    """Returns a title of at most `most` characters."""
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"


def choices(messages: Sequence[Message]) -> list[Button]:
    """Returns the buttons of the bot's latest turn, each payload once.

    Args:
        messages: of a conversation, or of one turn only.
    """
    buttons: dict[str, Button] = {}
    for message in messages:
        if message.get("author") == "user":
            buttons = {}
        for button in message.get("buttons", ()):
            buttons.setdefault(button["payload"], button)
    return list(buttons.values())


def numbered(buttons: Sequence[Button]) -> str:
    """Returns buttons as lines to choose from by number; empty if there are none."""
    lines = [f"{number}. {button['title']}" for number, button in enumerate(buttons, 1)]
    return "\n".join([_CHOOSE, *lines]) if lines else ""


def chosen(text: str, buttons: Sequence[Button]) -> str:
    """Returns the payload of the button that a text names by its number or its title; empty if it names none."""
    words = text.strip()
    if match := _NUMBER.fullmatch(words):
        number = int(match[1])
        return buttons[number - 1]["payload"] if 1 <= number <= len(buttons) else ""
    by_title = {_plain(button["title"]): button["payload"] for button in buttons}
    return by_title.get(_plain(words), "")


def mrkdwn(text: str, sources: Sequence[Source]) -> str:
    """Returns a text in Slack's notation: its special characters as text, and the sources as links on their titles."""
    written = _escaped(text)
    for source in sources:
        title, url = _escaped(source["title"]), _escaped(source["url"])
        written = written.replace(f"{title}, {url}", f"<{url.replace('|', '%7C')}|{title}>")
    return written


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
