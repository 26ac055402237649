"""Splits a message into the parts that may each ask something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

# Sentences end at . ! ? ; and line breaks (not at the dots of "e.g." or of numbers), at smileys, at a slash between
# spaces, and at the signs of a list.
_SENTENCE_END = re.compile(
    r"(?<=[!?;])\s+|(?<=[?!])(?=[^\W\d_])|(?<=[^\W\d]{2}\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bvs\.)\s+|(?<=\d{2}\.)\s+"
    r"|(?:\.{2,}|…)\s*(?=\w)|\s*\n+(?!\s*(?:to|of)\s)\s*|\s+[-*•]\s+|\s+/\s+|\s+[:;]-?[)(D]+\s+|(?<![(\w])(?:q[1-9]\b[:.)]?|[1-9]\))\s*",
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
# "Fees, scholarships & housing?" names its subjects without a verb for each.
_BETWEEN_ITEMS = re.compile(r"\s*(?:,(?!\d)|;|&)\s*(?:(?:and|also|then)\s+)?|\s+(?:and|n|plus)\s+", re.IGNORECASE)
_ITEM_WORDS = 5
# Words of whole sentences: who says "I was good in maths, grades fine" lists nothing that is asked about.
_IN_SENTENCES = re.compile(
    r"\b(?:i|im|i'm|ive|i've|my|me|we|our|us|you|he|she|they|it|his|her|am|is|are|was|were|be|did|do|does|have|has|had|"
    r"can|will|would|thanks?|hello|hi|hey|dear)\b",
    re.IGNORECASE,
)
# "When and where do I apply?" asks two things with one verb.
_ASKED_HOW = (
    r"(?:(?:by|until|till|from|since|to|in|at|for)\s+)?"
    r"(?:when|where|how\s+(?:much|long|many)|how|who|whom|why|what|which)"
)
_SHARED_VERB = re.compile(
    rf"^\W*(?:\w+\W+){{0,3}}?{_ASKED_HOW}(?P<between>\s*(?:,|&|\band\b|\bn\b)\s*)"
    rf"(?P<second>{_ASKED_HOW})\s+\w",
    re.IGNORECASE,
)
MAX_CLAUSES = 12


@dataclass(frozen=True)
class Clause:
    """A part of a message.

    Args:
        text: the part, stripped.
        start: offset of its first character in the message.
        end: offset after its last character.
        left_out: start and end of what stands between them and is no part of it.
        is_item: whether it is one of several things that are asked about in a list.
    """

    text: str
    start: int
    end: int
    left_out: tuple[int, int] | None = None
    is_item: bool = False

    @property
    def is_question(self) -> bool:
        """Whether it has the form of a question."""
        return bool(_IS_QUESTION.search(self.text))

    @property
    def asks(self) -> bool:
        """Whether it looks like a question or a request for information."""
        return self.is_item or bool(_ASKS.search(self.text))

    def holds(self, start: int, end: int) -> bool:
        """Tells whether what stands between two offsets of the message belongs to it."""
        is_left_out = self.left_out is not None and self.left_out[0] <= start and end <= self.left_out[1]
        return self.start <= start and end <= self.end and not is_left_out


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
    shared = _SHARED_VERB.match(sentence.text)
    if not shared:
        return list(_split(_WITHIN_SENTENCE, sentence.text, sentence.start))[:MAX_CLAUSES]
    before_second = shared.start("second")
    others = list(_split(_WITHIN_SENTENCE, sentence.text[before_second:], sentence.start + before_second))
    second_word = shared.end("second") - before_second
    first = sentence.text[: shared.start("between")] + others[0].text[second_word:]
    left_out = (sentence.start + shared.start("between"), sentence.start + shared.end("second"))
    return [Clause(first, sentence.start, others[0].end, left_out), *others][:MAX_CLAUSES]


def items(sentence: Clause) -> list[Clause]:
    """Returns the things that a sentence lists: short ones without verbs, or questions in its midst; else nothing."""
    if _CONDITION.match(sentence.text):
        return []
    pieces = [replace(piece, is_item=True) for piece in _split(_BETWEEN_ITEMS, sentence.text, sentence.start)]
    is_list = all(len(piece.text.split()) <= _ITEM_WORDS and not _IN_SENTENCES.search(piece.text) for piece in pieces)
    listed = pieces if is_list else [piece for piece in pieces if _ASKS.search(piece.text.replace("?", ""))]
    return listed[:MAX_CLAUSES] if len(listed) > 1 else []


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
