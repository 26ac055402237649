"""What goes in and out of answering: questions with their context, and answers with their sources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Status = Literal["answered", "clarify", "unknown", "out_of_scope", "social"]


@dataclass(frozen=True)
class Mention:
    """A name in a question.

    Args:
        kind: kind of name, such as `course` or `company`.
        id: canonical id in the knowledge file; empty for unknown names.
    """

    kind: str
    id: str


@dataclass(frozen=True)
class Context:
    """What a conversation was last about.

    Args:
        topic: id of the topic that was last answered; empty at the beginning.
        items: ids of what the last reply named or listed, in its order.
        said: ids of the entries of the knowledge file that have been given on that topic.
        unclear_turns: how many messages in a row have not been understood.
        is_first: whether this is the first message of the conversation.
    """

    topic: str = ""
    items: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    unclear_turns: int = 0
    is_first: bool = False


@dataclass(frozen=True)
class Question:
    """One question.

    Args:
        topic: id of the topic it asks about.
        mentions: names in it, in order.
        words: its normalised words, separated by spaces.
        alternatives: ids of other topics that it may ask about, likeliest first.
        confidence: how sure it is that this is asked, 0 to 1.
        statements: ids of the likeliest statements of the topic with their probabilities, likeliest first; `GENERAL`
            stands for the topic as a whole.
        otherwise: what it asks if the answer to this tells nothing new, or nothing.
        context: what the conversation was about before.
    """

    topic: str
    mentions: tuple[Mention, ...] = ()
    words: str = ""
    alternatives: tuple[str, ...] = ()
    confidence: float = 1.0
    statements: tuple[tuple[str, float], ...] = ()
    otherwise: Question | None = None
    context: Context = field(default_factory=Context)

    def after(self, context: Context) -> Question:
        """Returns the question as it is asked in a context."""
        return replace(self, context=context, otherwise=self.otherwise and replace(self.otherwise, context=context))

    def ids(self, kind: str) -> tuple[str, ...]:
        """Returns the ids of the mentions of a kind, each once, in order."""
        return tuple(dict.fromkeys(mention.id for mention in self.mentions if mention.kind == kind and mention.id))

    def has(self, kind: str) -> bool:
        """Tells whether a name of that kind is mentioned."""
        return any(mention.kind == kind for mention in self.mentions)


@dataclass(frozen=True)
class Button:
    """An offered next question.

    Args:
        title: what the user reads, at most 20 characters where possible.
        payload: what is sent when it is chosen, at most 64 bytes.
    """

    title: str
    payload: str


@dataclass(frozen=True)
class Answer:
    """One message of a reply.

    Args:
        topic: id of what was answered.
        status: what kind of answer it is.
        text: the whole text, with the sources.
        sources: title and URL of each page that the answer rests on, or where to look.
        used: ids of the entries of the knowledge file that the text gives.
        items: ids of what the text names or lists, for follow-up questions.
        buttons: offered next questions, at most three.
        card: what a page may show beside the text (see cards.py), or nothing.
        lines: its sentences and lines without scopes and sources.
        scopes: what its facts hold for, where that is not everybody.
    """

    topic: str
    status: Status
    text: str
    sources: tuple[tuple[str, str], ...] = ()
    used: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    card: dict[str, Any] | None = None
    lines: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
