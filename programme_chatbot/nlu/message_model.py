"""All that is learnt for understanding messages: likeness, intents and statements. Knows nothing of Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.topics import BY_INTENT, GENERAL
from programme_chatbot.nlu.follow_up import utterance_of
from programme_chatbot.nlu.intent_model import IntentModel, Settings
from programme_chatbot.nlu.judgement import Thresholds
from programme_chatbot.nlu.likeness import Likeness
from programme_chatbot.nlu.normaliser import Token
from programme_chatbot.nlu.scoring import Scorer
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.nlu.statement_model import Asked, StatementModel
from programme_chatbot.nlu.understanding import Understanding


@dataclass(frozen=True)
class Example:
    """A message to learn from.

    Args:
        masked: its normalised tokens, with masks.
        intent: what it asks.
        after: id of the topic that it follows; empty if it stands alone.
        statement: id of the statement of the knowledge file that it asks for; empty if none is told.
    """

    masked: list[Token]
    intent: str
    after: str = ""
    statement: str = ""


@dataclass(frozen=True)
class MessageModel:
    """The models that understanding rests on.

    Args:
        likeness: compares texts with those of the examples.
        intents: tells the intents of an utterance.
        statements: tells which statement of its topic a question asks for.
    """

    likeness: Likeness
    intents: IntentModel
    statements: StatementModel

    @classmethod
    def train(
        cls, encoder: SentenceEncoder, examples: Sequence[Example], knowledge: Knowledge, settings: Settings
    ) -> MessageModel:
        """Trains the models.

        Args:
            encoder: the sentence encoder.
            examples: the examples, of two intents at least.
            knowledge: the knowledge file with the statements.
            settings: settings of the intent model.
        """
        utterances = [utterance_of(example.masked, example.after) for example in examples]
        # A statement's own words, with its keywords, as those are the words of people who ask.
        entries = {item.id: item for item in knowledge.statements}
        of_entries = [f"{item.text} {', '.join(item.keywords)}".lower() for item in entries.values()]
        texts = [text for item in utterances for text in (item.text, item.in_context)] + of_entries
        position = {text: index for index, text in enumerate(dict.fromkeys(texts))}
        likeness = Likeness.train(encoder, list(position))
        own = np.array([position[item.text] for item in utterances], dtype=np.int32)
        intents = IntentModel.train(
            likeness,
            own=own,
            in_context=np.array([position[item.in_context] for item in utterances], dtype=np.int32),
            after=[item.after for item in utterances],
            intents=[example.intent for example in examples],
            settings=settings,
        )
        topics = {item.topic for item in entries.values()}
        with_statements = [index for index, item in enumerate(examples) if BY_INTENT[item.intent].id in topics]
        asked = [
            Asked(BY_INTENT[examples[index].intent].id, examples[index].statement or GENERAL)
            for index in with_statements
        ]
        asked += [Asked(item.topic, item.id) for item in entries.values()]
        rows = [*own[with_statements], *(position[text] for text in of_entries)]
        statements = StatementModel.train(likeness, asked, np.array(rows, dtype=np.int32))
        return cls(likeness, intents, statements)

    def understanding(self, thresholds: Thresholds) -> Understanding:
        """Returns what reads messages with these models."""
        scorer = Scorer(self.likeness, self.intents)
        return Understanding(self.intents.intents, scorer, self.statements.ranking, thresholds)

    def save(self, folder: Path) -> None:
        """Writes the models into a folder, as arrays and JSON."""
        self.likeness.save(folder)
        self.intents.save(folder)
        self.statements.save(folder)

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path) -> MessageModel:
        """Reads models that `save` wrote; raises OSError or ValueError if it cannot."""
        return cls(Likeness.load(encoder, folder), IntentModel.load(folder), StatementModel.load(folder))
