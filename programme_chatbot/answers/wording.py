"""The wording of replies: the responses of domain.yml, into which facts are put as values."""

from __future__ import annotations

import datetime
import string
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

# Rasa warns of responses that no story names; those of one group (before the slash) count as one. See
# docs/decisions/0004-wording-in-domain.md.
GROUP = "utter_reply"


class WordingError(Exception):
    """A response is missing from domain.yml, or wants values that it does not get."""


class Wording:
    """The responses, by name without the group.

    Args:
        templates: name -> text with {values}.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = dict(templates)

    @classmethod
    def from_domain(cls, file: Path) -> Wording:
        """Reads the wording from a Rasa domain file.

        Raises:
            WordingError: if the file has no responses of the group `utter_reply`.
        """
        responses = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("responses", {})
        templates = {
            name.partition("/")[2]: variations[0]["text"]
            for name, variations in responses.items()
            if name.startswith(f"{GROUP}/")
        }
        if not templates:
            raise WordingError(f"{file} has no responses whose names begin with '{GROUP}/'.")
        return cls(templates)

    def say(self, name: str, /, **values: object) -> str:
        """Returns the text of a response.

        Args:
            name: name of the response, without the group.
            values: what is put into it.

        Raises:
            WordingError: if there is no such response, or it wants other values.
        """
        template = self._templates.get(name)
        if template is None:
            raise WordingError(f"domain.yml lacks the response '{GROUP}/{name}'.")
        wanted = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
        if not wanted <= set(values):
            raise WordingError(f"'{GROUP}/{name}' takes the values {sorted(wanted)}, but got {sorted(values)}.")
        return template.format(**values).strip()

    def names(self) -> frozenset[str]:
        """Returns the names of all responses, without the group."""
        return frozenset(self._templates)

    def date(self, date: datetime.date) -> str:
        """Returns a date as people write it, with the year."""
        return self.say("format.date", day=date.day, month=self.month(date), year=date.year)

    def day_of_year(self, date: datetime.date) -> str:
        """Returns a date as people write it, without the year."""
        return self.say("format.day_of_year", day=date.day, month=self.month(date))

    def month(self, date: datetime.date) -> str:
        """Returns the name of the month of a date."""
        return self.say("format.months").split()[date.month - 1]

    def days(self, count: int) -> str:
        """Returns a number of days."""
        return self.say("format.one_day" if count == 1 else "format.days", **({} if count == 1 else {"count": count}))

    def number(self, value: float) -> str:
        """Returns a number without needless decimals."""
        return f"{value:g}"

    def listing(self, items: Sequence[str]) -> str:
        """Returns items as an enumeration: "a, b and c"."""
        if len(items) <= 1:
            return "".join(items)
        return self.say("format.and", first=", ".join(items[:-1]), last=items[-1])

    def alternatives(self, items: Sequence[str]) -> str:
        """Returns items to choose from: "a, b or c"."""
        if len(items) <= 1:
            return "".join(items)
        return self.say("format.or", first=", ".join(items[:-1]), last=items[-1])

    def bullets(self, items: Sequence[str]) -> str:
        """Returns items as a list, one a line."""
        return "\n".join(self.say("format.bullet", item=item) for item in items)

    def sentence(self, text: str) -> str:
        """Returns `text` with a capital at its beginning."""
        return text[:1].upper() + text[1:]
