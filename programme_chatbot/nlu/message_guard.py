"""First component: makes any text safe to work on, and recognises the buttons that we offered.

Rasa takes a text that begins with "/" for an intent with entities, from anybody. Here such a text loses its slashes
before Rasa looks at it, on every channel; our own buttons carry `topic:...` instead, which names nothing but a topic.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from programme_chatbot.typed_text import without_command

MAX_CHARACTERS = "max_characters"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MessageGuard(GraphComponent):
    """Cleans the text of each message: no control characters, no leading slash, not too long."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._max_characters: int = config[MAX_CHARACTERS]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the default configuration: only the first 4,000 characters of a message are read."""
        return {MAX_CHARACTERS: 4000}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageGuard:
        """Creates the component."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Cleans the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replaces the text of each message by a safe one."""
        for message in messages:
            if message.get(TEXT) is None:
                continue  # the training data holds actions and intents of stories too
            message.set(TEXT, without_command(message.get(TEXT)[: self._max_characters]))
        return messages
