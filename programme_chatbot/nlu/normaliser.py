"""Brings a message into the form that the intent classifier learns from.

In order: tokens; word-level synonyms (chat shorthand, study words of other languages); spelling; masks, which put one
phrase for all names of a kind ("another university"), so that the classifier learns what is asked and not who is named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from programme_chatbot.typed_text import clean

# What stands for names in the masked form of a message.
OWN_PROGRAMME, OWN_UNIVERSITY = "the programme", "the university"
OTHER_PROGRAMME, OTHER_UNIVERSITY = "another programme", "another university"
COMPANY, GOAL = "a company", "a sustainable development goal"

# Words (with apostrophes inside, but the genitive's "'s" apart, so that "KTH's" still is the name KTH), and signs.
_TOKEN = re.compile(r"[^\W_]+(?:['’](?!s\b)[^\W_]+)*|['’]s\b|[^\w\s]|_", re.IGNORECASE)
_DETERMINERS = frozenset(["a", "an", "another", "any", "my", "our", "that", "the", "their", "this", "which", "your"])
_MIN_LENGTH_TO_CORRECT = 5


@dataclass(frozen=True)
class Token:
    """A word or a sign.

    Args:
        text: the word in lower case, corrected or rewritten; may hold several words after a rewrite.
        start: offset of its first character in the message.
        end: offset after its last character in the message.
    """

    text: str
    start: int
    end: int


def join(tokens: list[Token]) -> str:
    """Returns the texts of tokens as one text."""
    return " ".join(token.text for token in tokens)


def tokenise(text: str) -> list[Token]:
    """Splits a text into lower-case words and signs with their offsets."""
    return [Token(match.group().lower().replace("’", "'"), *match.span()) for match in _TOKEN.finditer(text)]


class Normaliser:
    """Rewrites messages.

    Args:
        synonyms: variant -> canonical phrase; variants may hold several words.
        masks: phrase that stands for a kind -> the names of that kind.
        vocabulary: words that misspelt ones may be corrected to.
        known_words: words that are right as they are, besides the vocabulary.
    """

    def __init__(
        self,
        *,
        synonyms: Mapping[str, str],
        masks: Mapping[str, Collection[str]],
        vocabulary: Collection[str],
        known_words: Collection[str],
    ) -> None:
        self._synonyms = _Phrases.of(synonyms)
        self._masks = _Phrases.of({name: mask for mask, names in masks.items() for name in names})
        names = {word for phrase in (*self._masks.targets, *self._synonyms.targets) for word in phrase}
        self._candidates = sorted(word for word in vocabulary if len(word) >= _MIN_LENGTH_TO_CORRECT - 1)
        self._known = frozenset(known_words) | frozenset(vocabulary) | names
        self._corrections: dict[str, str] = {}

    def tokens(self, text: str) -> list[Token]:
        """Returns the tokens of `text` after synonyms and spelling, with offsets in `text`."""
        rewritten = _replace(tokenise(text), self._synonyms)
        return [
            token if " " in token.text else Token(self.correct(token.text), token.start, token.end)
            for token in rewritten
        ]

    def masked(self, tokens: list[Token]) -> list[Token]:
        """Returns `tokens` with one phrase in the place of all names of a kind."""
        masked = _replace(tokens, self._masks)
        for index in range(1, len(masked)):
            text = masked[index].text
            if text.startswith("the ") and masked[index - 1].text in _DETERMINERS:
                masked[index] = replace(masked[index], text=text.removeprefix("the "))  # no "the the programme"
        return masked

    def normalise(self, text: str) -> str:
        """Returns `text` in the form that the classifier reads."""
        return join(self.masked(self.tokens(text)))

    def correct(self, word: str) -> str:
        """Returns the word of the vocabulary that `word` is a misspelling of, or `word` itself."""
        if len(word) < _MIN_LENGTH_TO_CORRECT or word in self._known or not word.isalpha():
            return word
        if word not in self._corrections:
            if len(self._corrections) > 10_000:
                self._corrections.clear()
            self._corrections[word] = self._nearest(word)
        return self._corrections[word]

    def _nearest(self, word: str) -> str:
        allowed = 1 if len(word) < 8 else 2
        found = process.extract(
            word, self._candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=5
        )
        # A wrong first letter is rare in typing, and demanding it right avoids most false friends.
        alike = [candidate for candidate, _, _ in found if candidate[0] == word[0]]
        return alike[0] if alike else word


@dataclass(frozen=True)
class _Phrases:
    """Phrases as tuples of words, and what each is replaced by."""

    targets: Mapping[tuple[str, ...], str]
    longest: int

    @classmethod
    def of(cls, phrases: Mapping[str, str]) -> _Phrases:
        targets = {tuple(token.text for token in tokenise(clean(variant))): to for variant, to in phrases.items()}
        return cls(targets, max(map(len, targets), default=0))


def _replace(tokens: list[Token], phrases: _Phrases) -> list[Token]:
    """Replaces phrases by their targets, the longest first at each place."""
    words = [token.text for token in tokens]
    replaced: list[Token] = []
    position = 0
    while position < len(tokens):
        for length in range(min(phrases.longest, len(tokens) - position), 0, -1):
            target = phrases.targets.get(tuple(words[position : position + length]))
            if target is not None:
                replaced.append(Token(target, tokens[position].start, tokens[position + length - 1].end))
                position += length
                break
        else:
            replaced.append(tokens[position])
            position += 1
    return replaced
