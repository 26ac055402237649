"""What a message says in the light of what was just talked about: "can I do it abroad?" after the degree project."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from programme_chatbot.knowledge.topics import BY_ID
from programme_chatbot.nlu.normaliser import Token, join

_PRONOUNS = frozenset(
    {"it", "this", "that", "these", "those", "they", "them", "one", "ones", "there", "such", "its", "their"}
)
_BEFORE_ONE = frozenset(
    {"first", "second", "third", "fourth", "fifth", "last", "next", "other"}
)  # means an item listed
# "that" and "there" refer to nothing here: "is there a deadline", "I heard that ..."
_NOT_REFERRING = re.compile(
    r"\b(?:is|are|was|were|will be|would be|be|if|whether)\s+there\b|\bthere\s+(?:is|are|was|were|be|any|some)\b"
    r"|\b(?:heard|read|know|think|saw|sure|hope|believe|say|says|said|told me)\s+that\b"
    r"|\bone\s+(?:of|year|semester|month|more|question)\b"
    r"|\bthis\s+(?:year|autumn|fall|programme|program|month|week)\b|\bis\s+it\s+(?:possible|true|ok|okay|allowed|necessary)\b"
)


@dataclass(frozen=True)
class Utterance:
    """A text with what it follows.

    Args:
        text: its normalised words, separated by spaces.
        in_context: the same with the subject of the topic before spelt out; `text` itself if there is none.
        after: id of the topic that was answered before; empty if it stands alone.
    """

    text: str
    in_context: str
    after: str = ""


def utterance_of(tokens: list[Token], topic: str = "") -> Utterance:
    """Returns the utterance of normalised tokens after a topic (empty: none)."""
    return Utterance(join(tokens), join(in_context(tokens, topic)), topic)


def in_context(tokens: list[Token], topic: str) -> list[Token]:
    """Returns the tokens of a message with the subject of a topic in place of its first pronoun, or at its end.

    Args:
        tokens: normalised tokens of the message.
        topic: id of the topic that was answered last.

    Returns:
        The tokens; the same ones if the topic has no subject or the message names it already.
    """
    subject = BY_ID[topic].subject if topic in BY_ID else ""
    text = " ".join(token.text for token in tokens)
    if not subject or not tokens or subject.removeprefix("the ") in text:
        return tokens
    masked = _NOT_REFERRING.sub(lambda match: " " * len(match.group()), text)
    offset = 0
    for index, token in enumerate(tokens):
        is_counted = token.text == "one" and index > 0 and tokens[index - 1].text in _BEFORE_ONE
        if token.text in _PRONOUNS and not is_counted and masked[offset : offset + len(token.text)] == token.text:
            return [*tokens[:index], replace(token, text=subject), *tokens[index + 1 :]]
        offset += len(token.text) + 1
    return [*tokens, Token(subject, tokens[-1].start, tokens[-1].end)]
