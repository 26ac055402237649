"""Splits a message into the parts that may each ask something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Sentences end at . ! ? ; and line breaks (not at the dots of "e.g." or of numbers), at smileys, at a slash between
# spaces, and at the signs of a list.
_SENTENCE_END = re.compile(
    r"(?<=[!?;])\s+|(?<=[?!])(?=[^\W\d_])|(?<=[^\W\d]{2}\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bvs\.)\s+|(?<=\d{2}\.)\s+"
    r"|(?:\.{2,}|…)\s*(?=\w)|\s*\n+\s*|\s+[-*•]\s+|\s+/\s+|\s+[:;]-?[)(D]+\s+|(?<![(\w])(?:q[1-9]\b[:.)]?|[1-9]\))\s*",
    re.IGNORECASE,
)
_QUESTION_WORD = (
    r"(?:(?:and|also|or|plus|but|so|then|ok|oh)\s+)*(?:(?:in|from|by|at|for|since|until|till|to|with|on)\s+(?=wh|how))?"
    r"(?:what|which|who|whom|whose|when|where|why|how|whats|whens|wheres|hows|whos|is|are|do|does|did|can|could|will|"
    r"would|should|may|must|have|has|am|if|whether|anyone|anything|any\s+chance|tell\s+me|give\s+me|write\s+me|kindly|please|"
    r"i\s+want|i\s+need|i\s+would|i'd)\b"
)
# Within a sentence a new question begins after a comma or an "and" that a question word follows, after phrases that
# join whole questions, and at signs that stand for "and".
_WITHIN_SENTENCE = re.compile(
    rf"\s*,\s*(?:(?:and|then|also)\s+|&\s*)?(?={_QUESTION_WORD})|\s+(?:and|&|n|then)\s+(?={_QUESTION_WORD}\W+\w)"
    r"|\s*,?\s*\b(?:and\s+(?:also|then|otherwise|separately)|as\s+well\s+as|plus|furthermore|secondly)\b[,:]?\s+"
    r"|\s*,?\s+and\s+(?=(?:the|about|for|in|from|this|an?|my|with|while|on)\s)|\s+[+–]\s+|\s*—\s*",
    re.IGNORECASE,
)
_IS_QUESTION = re.compile(rf"\?|^\W*{_QUESTION_WORD}", re.IGNORECASE)
_ASKS = re.compile(
    rf"\?|^\W*{_QUESTION_WORD}|\b(?:what|which|who|whom|when|where|why|how|whether|if\s+i|wonder\w*|know|ask|asking|"
    r"question|tell\s+me|explain|not\s+sure|unsure|looking\s+for|interested\s+in|confused|please|information|kindly|"
    r"or\s+not|(?:do|does|did|can|could|will|would|should|must|is|are|am|may)\s+(?:i|you|we|they|he|she|it|one|there|my|"
    r"kth|people))\b",
    re.IGNORECASE,
)
# "If I am admitted, when do I hear?" is one question.
_CONDITION = re.compile(
    r"\W*(?:if|when(?!\s+(?:do|does|did|is|are|was|were|will|would|can|could|should|may|must|have|has)\b)|"
    r"since|because|as|while|although|after|before|once|given|in\s+case)\b[^,]*,",
    re.I,
)
# What somebody does not mean, said beside what is meant: "not the papers, the results"; "I meant the fee, not rent".
_REJECTED = r"(?:^|(?<=[,.;:!?]))\s*(?:no\b[,\s]*)?(?:sorry\b[,\s]*)?not\s+(?:for\s+|about\s+)?"
_REJECTED_PLAINLY = re.compile(
    rf"{_REJECTED}(?:the|my|that|this|those|these)\s[\w'\s-]{{1,30}}?(?=\s*[,.;:!?]|\s+but\b|$)", re.I
)
_REJECTED_NOUNS = re.compile(rf"{_REJECTED}\w+(?:\s+(?:not|or|nor)\s+\w+)?(?=\s*[,.;:!?]|\s+but\b|$)", re.I)
_MEANT = re.compile(r"\bi\s+mean[t]?\b|\bmeant\b", re.I)
MAX_CLAUSES = 12


@dataclass(frozen=True)
class Clause:
    """A part of a message.

    Args:
        text: the part, stripped.
        start: offset of its first character in the message.
        end: offset after its last character.
    """

    text: str
    start: int
    end: int

    @property
    def is_question(self) -> bool:
        """Whether it has the form of a question."""
        return bool(_IS_QUESTION.search(self.text))

    @property
    def asks(self) -> bool:
        """Whether it looks like a question or a request for information."""
        return bool(_ASKS.search(self.text))


def without_rejected(message: str) -> str:
    """Returns a message with spaces in place of what its writer does not mean, so that all offsets stay.

    The message itself if nothing else stands in it.
    """
    patterns = [_REJECTED_PLAINLY, _REJECTED_NOUNS] if _MEANT.search(message) else [_REJECTED_PLAINLY]
    kept = message
    for pattern in patterns:
        kept = pattern.sub(lambda found: " " * len(found.group()), kept)
    return kept if re.search(r"\w", kept) else message


def sentences(message: str) -> list[Clause]:
    """Returns the sentences of a message that hold a word, in order, at most 12."""
    return list(_split(_SENTENCE_END, message, 0))[:MAX_CLAUSES]


def parts(sentence: Clause) -> list[Clause]:
    """Returns the parts of a sentence that may be questions of their own; the sentence itself if there are none."""
    if _CONDITION.match(sentence.text):
        return [sentence]
    return list(_split(_WITHIN_SENTENCE, sentence.text, sentence.start))[:MAX_CLAUSES]


def _split(separator: re.Pattern[str], text: str, offset: int) -> Iterator[Clause]:
    start = 0
    ends = [*separator.finditer(text), None]
    for match in ends:
        end = match.start() if match else len(text)
        piece = text[start:end]
        if re.search(r"\w", piece):
            stripped = piece.strip()
            begin = offset + start + piece.index(stripped)
            yield Clause(stripped, begin, begin + len(stripped))
        start = match.end() if match else end
