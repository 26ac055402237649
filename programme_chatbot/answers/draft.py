"""An answer in the making: collects sentences, the entries that they come from, and their sources."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from programme_chatbot.answers.answer import Answer, Button, Question, Status
from programme_chatbot.answers.wording import Wording
from programme_chatbot.knowledge.lookup import Lookup
from programme_chatbot.knowledge.model import Fact, Gap, Sourced
from programme_chatbot.knowledge.topics import PAYLOAD_PREFIX

_BULLET = "•"
_T = TypeVar("_T")


class Draft:
    """Builds the answer to one question.

    Args:
        question: the question.
        lookup: the knowledge.
        wording: the wording.
        today: today's date.
    """

    def __init__(self, question: Question, lookup: Lookup, wording: Wording, today: datetime.date) -> None:
        self.question = question
        self.lookup = lookup
        self.wording = wording
        self.today = today
        self._lines: list[str] = []
        self._sources: list[str] = []
        self._scopes: list[str] = []
        self._used: list[str] = []
        self._items: list[str] = []
        self._card: dict[str, Any] | None = None

    def say(self, response: str, /, **values: object) -> None:
        """Adds a sentence of the wording."""
        self._lines.append(self.wording.say(response, **values))

    def add(self, text: str) -> None:
        """Adds a text, such as a statement of the knowledge file, as it is."""
        self._lines.append(text)

    def use(self, part: Sourced, used: str = "") -> None:
        """Notes that the text gives an entry of the knowledge file: its source, its scope and its id.

        Args:
            part: the entry.
            used: its id, for entries that have none of their own (such as `programme.length`).
        """
        self._sources.append(part.source)
        if part.holds_for and part.holds_for not in self._scopes:
            self._scopes.append(part.holds_for)
        self._used.append(used or part.id)  # type: ignore[attr-defined]

    def list_items(self, *ids: str) -> None:
        """Notes what the text names or lists, for follow-up questions."""
        self._items.extend(ids)

    def give(self, *parts: Any) -> None:
        """Notes that the text gives entries with ids: their sources and scopes, and that they can be followed up."""
        for part in parts:
            self.use(part)
            self.list_items(part.id)

    def state(self, *facts: Fact) -> None:
        """Adds statements of fact; courses that they name can be followed up ("is that one mandatory?")."""
        for fact in facts:
            self.add(fact.text)
            self.use(fact)
            self.list_items(*self.lookup.courses_named_in(fact.text))

    def admit(self, gap: Gap) -> None:
        """Says that something is not known, and notes where to look."""
        self.say("unknown", what=gap.text)
        self.use_gap(gap)

    def use_gap(self, gap: Gap) -> None:
        """Notes that the text admits a gap, and where to look."""
        self._sources.extend(gap.look_at)
        self._used.append(gap.id)

    def show(self, card: dict[str, Any]) -> None:
        """Sets the card that a page may show beside the text."""
        self._card = card

    def look_at(self, *sources: str) -> None:
        """Notes sources (by id) that are given without a fact."""
        self._sources.extend(sources)

    def answer(self, status: Status, *, topic: str = "", buttons: tuple[Button, ...] = ()) -> Answer:
        """Returns the finished answer.

        Args:
            status: its status; `unknown` presents the sources as where to look.
            topic: its topic, if it differs from the question's.
            buttons: offered next questions.
        """
        sources = [self.lookup.sources[name] for name in dict.fromkeys(self._sources)]
        links = tuple((str(source.title), source.url) for source in sources)
        return Answer(
            topic=topic or self.question.topic,
            status=status,
            text=compose(self.wording, status, self._lines, self._scopes, links),
            sources=links,
            used=tuple(dict.fromkeys(self._used)),
            items=tuple(dict.fromkeys(self._items)),
            buttons=buttons,
            card=self._card,
            lines=tuple(self._lines),
            scopes=tuple(self._scopes),
        )

    def button(self, topic: str) -> Button:
        """Returns a button that asks about a topic."""
        return Button(self.wording.say(f"title.{topic}"), f"{PAYLOAD_PREFIX}{topic}")


def compose(
    wording: Wording, status: Status, lines: Sequence[str], scopes: Sequence[str], links: Sequence[tuple[str, str]]
) -> str:
    """Returns the text of an answer.

    Args:
        wording: the wording.
        status: its status; `unknown` presents the sources as where to look.
        lines: its sentences; lists stand on lines of their own.
        scopes: what its facts hold for.
        links: title and URL of its sources.
    """
    text = ""
    for line in lines:
        beside_list = _BULLET in (text.rsplit("\n", 1)[-1][:1], line[:1])
        text += ("\n" if beside_list else " ") + line
    text = text.strip()
    if scopes:
        text += "\n" + wording.say("applies_to", scopes="; ".join(scopes))
    if links:
        given = "\n".join(wording.say("link", title=title, url=url) for title, url in links)
        text += "\n" + wording.say("look_here" if status in ("unknown", "out_of_scope") else "source", links=given)
    return text


def join(wording: Wording, first: Answer, second: Answer) -> Answer:
    """Returns two answers on one topic and of one status as one, with what they share once."""
    lines, scopes = _both(first.lines, second.lines), _both(first.scopes, second.scopes)
    links = _both(first.sources, second.sources)
    return replace(
        first,
        text=compose(wording, first.status, lines, scopes, links),
        sources=links,
        used=_both(first.used, second.used),
        items=_both(first.items, second.items),
        buttons=first.buttons or second.buttons,
        card=first.card or second.card,
        lines=lines,
        scopes=scopes,
    )


def _both(first: tuple[_T, ...], second: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*first, *second)))
