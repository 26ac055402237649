"""Third component: adds the names of the knowledge file as entities, with canonical ids as values."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from programme_chatbot.nlu.name_matcher import UNKNOWN_NAME, Name, NameMatcher
from programme_chatbot.nlu.normaliser import COMPANY
from programme_chatbot.nlu.text_normaliser import MASKED, TOKENS, tokens_of
from programme_chatbot.settings import load_knowledge_or_exit


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class KnowledgeEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Extracts courses, companies and other names that the knowledge file holds."""

    def __init__(self) -> None:
        self._matcher = NameMatcher(load_knowledge_or_exit())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KnowledgeEntityExtractor:
        """Creates the component from the knowledge file as it is now."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds entities to messages."""
        for message in messages:
            names = self._matcher.find(message.get(TEXT) or "", tokens_of(message, TOKENS))
            names += _unknown_companies(message, names)
            entities = [{"entity": name.kind, "value": name.id, "start": name.start, "end": name.end} for name in names]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *self.add_extractor_name(entities)], add_to_output=True)
        return messages


def _unknown_companies(message: Message, known: list[Name]) -> list[Name]:
    """Returns the companies of the lookup table that the knowledge file does not name."""
    return [
        Name(UNKNOWN_NAME, "", token.start, token.end)
        for token in tokens_of(message, MASKED)
        if token.text == COMPANY and not any(name.start < token.end and token.start < name.end for name in known)
    ]
