"""All that is learnt for understanding messages: intents, statements, and what follows what. Knows nothing of Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.topics import BY_ID
from programme_chatbot.nlu.follow_up import in_context
from programme_chatbot.nlu.intent_model import IntentModel, Settings
from programme_chatbot.nlu.normaliser import Token, join
from programme_chatbot.nlu.scoring import RememberingScorer, Scorer
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.nlu.statement_index import Statement, StatementIndex
from programme_chatbot.nlu.stay_model import StayModel
from programme_chatbot.nlu.understanding import Thresholds, Understanding


@dataclass(frozen=True)
class Example:
    """A message to learn from.

    Args:
        masked: its normalised tokens, with masks.
        intent: what it asks.
        after: id of the topic that it follows; empty if it stands alone.
        statement: id of the statement of the knowledge file that it asks for; empty if none is meant in particular.
    """

    masked: list[Token]
    intent: str
    after: str = ""
    statement: str = ""


@dataclass(frozen=True)
class MessageModel:
    """The three models that understanding rests on.

    Args:
        intents: tells the intents of a text.
        index: tells the statements that a text is near to.
        stay: tells whether a follow-up stays with its topic.
    """

    intents: IntentModel
    index: StatementIndex
    stay: StayModel

    @classmethod
    def train(
        cls, encoder: SentenceEncoder, examples: Sequence[Example], knowledge: Knowledge, settings: Settings
    ) -> MessageModel:
        """Trains the models.

        Args:
            encoder: the sentence encoder.
            examples: the examples, of two intents at least.
            knowledge: the knowledge file, for its statements.
            settings: settings of the intent model.
        """
        alone = [example for example in examples if not example.after]
        texts = [join(example.masked) for example in alone]
        intents = IntentModel.train(encoder, texts, [example.intent for example in alone], settings)
        asked: dict[str, list[str]] = {}
        for text, example in zip(texts, alone, strict=True):
            asked.setdefault(example.statement, []).append(text)
        # A statement's own words, with its keywords, as those are the words of people who ask.
        statements = [
            Statement(item.id, item.topic, (f"{item.text} {', '.join(item.keywords)}".lower(), *asked.get(item.id, ())))
            for item in knowledge.statements
        ]
        index = StatementIndex.build(encoder, statements)
        return cls(intents, index, cls._train_stay(intents, index, [item for item in examples if item.after in BY_ID]))

    @staticmethod
    def _train_stay(intents: IntentModel, index: StatementIndex, follow_ups: Sequence[Example]) -> StayModel:
        score = RememberingScorer(Scorer(intents, index))
        if follow_ups:  # all at once: a third of the time
            score([join(form) for item in follow_ups for form in (item.masked, in_context(item.masked, item.after))])
        understanding = Understanding(intents.intents, index.names, score, StayModel.never(), Thresholds())
        rows, stays = [], []
        for example in follow_ups:
            row = understanding.stay_features(example.masked, example.after)
            if row is not None:
                rows.append(row)
                stays.append(BY_ID[example.after].intent == example.intent)
        return StayModel.train(rows, stays) if len(set(stays)) == 2 else StayModel.never()

    def understanding(self, thresholds: Thresholds) -> Understanding:
        """Returns what reads messages with these models."""
        scorer = Scorer(self.intents, self.index)
        return Understanding(scorer.intents, scorer.statements, scorer, self.stay, thresholds)

    def save(self, folder: Path) -> None:
        """Writes the models into a folder, as arrays and JSON."""
        self.intents.save(folder)
        self.index.save(folder)
        self.stay.save(folder)

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path) -> MessageModel:
        """Reads models that `save` wrote; raises OSError or ValueError if it cannot."""
        return cls(IntentModel.load(encoder, folder), StatementIndex.load(folder), StayModel.load(folder))
