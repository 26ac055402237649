"""Finds the names of the knowledge file in a message: courses, fields, companies, goals, countries and so on.

Works on normalised tokens, so that misspelt names have been corrected before; an editor who adds a course or an alias
to the knowledge file touches nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from programme_chatbot.knowledge import Knowledge
from programme_chatbot.nlu.normaliser import Token, tokenise

UNKNOWN_COURSE = "unknown_course"
UNKNOWN_NAME = "unknown_name"
KINDS = {
    "milestone": "milestones",
    "course_group": "course_groups",
    "subject_field": "subject_fields",
    "course": "courses",
    "company": "companies",
    "role": "roles",
    "country": "countries",
    "sector": "sectors",
    "sustainability_goal": "sustainability_goals",
    "service": "services",
}
_COURSE_CODE = re.compile(r"\b([a-z]{2})[\s-]?(\d{3}[\dx])\b", re.IGNORECASE)
_UNKNOWN_NAME = re.compile(
    r"\b(?:at|with|for|by|from|join|joined|joining|inside)\s+((?:[A-Z][\w&.-]+)(?:\s+[A-Z][\w&.-]+)*)"
)
_EDGE_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with", "part"]
)


@dataclass(frozen=True)
class Name:
    """A name found in a message.

    Args:
        kind: one of `KINDS`, or `unknown_course` (a code that the file lacks), or `unknown_name`.
        id: canonical id of what it names; empty for unknown ones.
        start: offset of its first character in the message.
        end: offset after its last character.
    """

    kind: str
    id: str
    start: int
    end: int


class NameMatcher:
    """Finds names in messages.

    Args:
        knowledge: the knowledge whose names are looked for.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._vocabulary = spacy.blank("en").vocab
        self._matcher = PhraseMatcher(self._vocabulary, attr="LOWER")
        self._codes = {course.id for course in knowledge.courses}
        programme = knowledge.programme
        self._own_names = {
            name.lower()
            for name in (
                programme.name,
                *programme.aliases,
                programme.university,
                *programme.university_aliases,
            )
        }
        own_words = _words(knowledge.programme.name)
        for kind, section in KINDS.items():
            items = getattr(knowledge, section)
            for item in items:
                phrases = {tuple(_words(name)) for name in (item.name, *item.aliases)}
                if kind in ("course", "subject_field"):
                    # "machine learning" in a question about MSc Machine Learning names the programme.
                    phrases = {phrase for phrase in phrases if not _contains(own_words, phrase)} | {
                        (*phrase, word)
                        for phrase in phrases
                        if _contains(own_words, phrase)
                        for word in ("course", "courses")
                    }
                self._add(kind, item.id, phrases)
        for course_id, phrases in _distinctive_parts(knowledge).items():
            self._add("course", course_id, phrases)

    def find(self, message: str, tokens: list[Token]) -> list[Name]:
        """Finds the names in a message.

        Args:
            message: the message as typed.
            tokens: its normalised tokens.

        Returns:
            The names in the order in which they stand; of overlapping ones the longest, and all kinds of it.
        """
        found = [*self._codes_in(message), *self._phrases_in(tokens)]
        longest = sorted(found, key=lambda name: (name.start - name.end, name.start))
        kept: list[Name] = []
        for name in longest:
            rivals = [other for other in kept if name.start < other.end and other.start < name.end]
            if all((other.start, other.end) == (name.start, name.end) for other in rivals) and name not in kept:
                kept.append(name)
        for match in _UNKNOWN_NAME.finditer(message):
            start, end = match.span(1)
            own = match.group(1).lower() in self._own_names
            if not own and not any(start < name.end and name.start < end for name in kept):
                kept.append(Name(UNKNOWN_NAME, "", start, end))
        return sorted(kept, key=lambda name: (name.start, name.kind, name.id))

    def _add(self, kind: str, item_id: str, phrases: Iterable[tuple[str, ...]]) -> None:
        docs = [Doc(self._vocabulary, words=list(phrase)) for phrase in phrases if phrase]
        if docs:
            self._matcher.add(f"{kind}:{item_id}", docs)

    def _codes_in(self, message: str) -> Iterator[Name]:
        for match in _COURSE_CODE.finditer(message):
            code = "".join(match.groups()).upper()
            known = code in self._codes
            yield Name("course" if known else UNKNOWN_COURSE, code if known else "", *match.span())

    def _phrases_in(self, tokens: list[Token]) -> Iterator[Name]:
        words = [(word, token) for token in tokens for word in token.text.split()]
        doc = Doc(self._vocabulary, words=[word for word, _ in words])
        for match_id, start, end in self._matcher(doc):
            kind, item_id = self._vocabulary.strings[match_id].split(":", 1)
            yield Name(kind, item_id, words[start][1].start, words[end - 1][1].end)


def _words(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenise(text) if token.text.isalnum() or "'" in token.text)


def _contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words)))


def _distinctive_parts(knowledge: Knowledge) -> dict[str, set[tuple[str, ...]]]:
    """Returns the parts of course names, two words or longer, that occur in one course's name only."""
    taken = {
        tuple(_words(name))
        for section in ("subject_fields", "course_groups")
        for item in getattr(knowledge, section)
        for name in (item.name, *item.aliases)
    } | {tuple(_words(alias)) for course in knowledge.courses for alias in course.aliases}
    parts: dict[str, set[tuple[str, ...]]] = {}
    for course in knowledge.courses:
        words = _words(course.name)
        parts[course.id] = {
            words[start:end]
            for start in range(len(words))
            for end in range(start + 2, len(words) + 1)
            if words[start] not in _EDGE_WORDS and words[end - 1] not in _EDGE_WORDS
        }
    counts = Counter(part for of_course in parts.values() for part in of_course)
    own_words = _words(knowledge.programme.name)
    return {
        course_id: {
            part for part in of_course if counts[part] == 1 and part not in taken and not _contains(own_words, part)
        }
        for course_id, of_course in parts.items()
    }
