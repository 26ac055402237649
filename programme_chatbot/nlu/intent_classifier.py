"""Fourth component: the intents of a message, clause by clause."""

from __future__ import annotations

import os
from dataclasses import asdict, fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from programme_chatbot.nlu.intent_model import Settings
from programme_chatbot.nlu.judgement import Thresholds
from programme_chatbot.nlu.message_model import Example, MessageModel
from programme_chatbot.nlu.normaliser import Token
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder, shared_encoder
from programme_chatbot.nlu.text_normaliser import MASKED, STATEMENT, TOKENS, fingerprint, tokens_of
from programme_chatbot.nlu.understanding import Understanding
from programme_chatbot.settings import load_knowledge_or_exit

READINGS = "readings"
LAST_TOPIC = "last_topic"
AFTER = "after"  # metadata of the examples in data/follow_ups.yml: the id of the topic that they follow
_RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ClauseIntentClassifier(GraphComponent):
    """Classifies messages with the intent model, and tells the readings of each of their questions."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: MessageModel | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._understanding = self._with(model) if model else None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the default configuration: the fields of `Settings` and `Thresholds`."""
        return {**asdict(Settings()), **asdict(Thresholds())}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseIntentClassifier:
        """Creates the untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ClauseIntentClassifier:
        """Loads the trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, MessageModel.load(shared_encoder(), folder))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Lets Rasa train afresh when the code has changed."""
        return fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the models on the normalised examples."""
        examples = [
            example_of(message, tokens_of(message, MASKED))
            for message in training_data.intent_examples
            if message.get(MASKED)
        ]
        settings = Settings(**{field.name: self._config[field.name] for field in fields(Settings)})
        encoder = SentenceEncoder(threads=os.cpu_count() or 1)
        model = MessageModel.train(encoder, examples, load_knowledge_or_exit(), settings)
        with self._storage.write_to(self._resource) as folder:
            model.save(folder)
        self._understanding = self._with(model)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training examples as they are: no later component learns from predictions."""
        return training_data

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Adds intent, ranking and readings to messages, each read in the light of what was answered last."""
        if self._understanding is None:
            raise RuntimeError("The intent classifier has not been trained.")
        last_topic = tracker.slots[LAST_TOPIC].value if LAST_TOPIC in tracker.slots else None
        for message in messages:
            readings = self._understanding.read(
                message.get(TEXT) or "", tokens_of(message, TOKENS), tokens_of(message, MASKED), last_topic or ""
            )
            first = readings[0]
            message.set(INTENT, {"name": first.intent, "confidence": first.confidence}, add_to_output=True)
            ranking = [{"name": name, "confidence": confidence} for name, confidence in first.alternatives]
            message.set(_RANKING, ranking, add_to_output=True)
            message.set(READINGS, [asdict(reading) for reading in readings], add_to_output=True)
        return messages

    def _with(self, model: MessageModel) -> Understanding:
        return model.understanding(Thresholds(**{field.name: self._config[field.name] for field in fields(Thresholds)}))


def example_of(message: Message, masked: list[Token]) -> Example:
    """Returns what to learn from a training message.

    Args:
        message: the message, with its intent and the metadata of its example.
        masked: its normalised tokens, with masks.
    """
    metadata = (message.get(METADATA) or {}).get(METADATA_EXAMPLE) or {}
    return Example(
        masked,
        str(message.get(INTENT)),
        after=str(metadata.get(AFTER, "")),
        statement=str(metadata.get(STATEMENT, "")),
    )
