"""Lists messages with what the bot did and which intent they may belong to, for sorting them into the training data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from programme_chatbot.evaluation.judging import Message
from programme_chatbot.evaluation.running import Result
from programme_chatbot.knowledge.topics import BY_ID
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.settings import PROJECT_FOLDER

# The examples that stand alone; those of data/follow_ups.yml mean something only after another topic.
TRAINING = tuple(PROJECT_FOLDER / "data" / name for name in ("nlu.yml", "in_other_words.yml"))
_ENOUGH_ALIKE = 0.5


@dataclass(frozen=True)
class Reviewed:
    """A message to sort.

    Args:
        said: the message.
        did: the first message of the reply.
        expected: ids of the topics that would have been right, where that is known.
    """

    said: str
    did: Message
    expected: tuple[str, ...] = ()


def failures(results: Iterable[Result]) -> list[Reviewed]:
    """Returns the messages of an evaluation that were not answered rightly."""
    nothing = Message("")
    return [
        Reviewed(turn.said, turn.messages[0] if turn.messages else nothing, turn.turn.parts[0].topic)
        for result in results
        for turn in result.turns
        if turn.faults
    ]


def read_examples(*files: Path) -> list[tuple[str, str]]:
    """Returns the examples of training files as pairs of text and intent."""
    items = [item for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]]
    return [(text, item["intent"]) for item in items if "intent" in item for text in _texts(item["examples"])]


def _texts(examples: str | list[dict[str, str]]) -> list[str]:
    """Returns the texts of one intent, which Rasa lets stand as lines or as mappings."""
    if isinstance(examples, str):
        return [line.removeprefix("- ").strip() for line in examples.splitlines() if line.strip()]
    return [example["text"] for example in examples]


def table(reviewed: Sequence[Reviewed], examples: Sequence[tuple[str, str]], encoder: SentenceEncoder) -> str:
    """Returns the list as Markdown, the least confident first.

    Args:
        reviewed: the messages.
        examples: the training examples, as text and intent.
        encoder: finds the nearest example.
    """
    known = encoder.encode([text.lower() for text, _ in examples])
    asked = encoder.encode([item.said.lower() for item in reviewed])
    lines = ["| message | what it did | suggestion |", "| --- | --- | --- |"]
    rows = sorted(zip(reviewed, asked @ known.T, strict=True), key=lambda row: row[0].did.confidence)
    for item, likeness in rows:
        best = int(likeness.argmax())
        near = (*examples[best], float(likeness[best]))
        did = f"`{item.did.topic or 'nothing'}`, {item.did.status or 'no reply'} ({item.did.confidence:.2f})"
        lines.append(f"| {_cell(item.said)} | {did} | {_suggestion(item, near)} |")
    return "\n".join(lines) + "\n"


def _suggestion(item: Reviewed, near: tuple[str, str, float]) -> str:
    text, intent, likeness = near
    if item.expected:
        wanted = " or ".join(f"`{BY_ID[topic].intent}`" for topic in item.expected)
        return f"write other messages of this kind into {wanted}; this one stays a test"
    if likeness < _ENOUGH_ALIKE:
        return "nothing like it is known: a new intent, a gap in the knowledge file, or out of scope?"
    return f"`{intent}`? Nearest there: {_cell(text)} ({likeness:.2f})"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
