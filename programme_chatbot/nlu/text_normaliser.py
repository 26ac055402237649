"""Second component: puts the normalised tokens of a message beside its text, for the components after it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.lookup import keywords_of, names_of, taught_by
from programme_chatbot.knowledge.topics import BY_ID
from programme_chatbot.nlu.normaliser import (
    COMPANY,
    GOAL,
    OTHER_PROGRAMME,
    OTHER_UNIVERSITY,
    OWN_PROGRAMME,
    OWN_UNIVERSITY,
    Normaliser,
    Token,
    tokenise,
)
from programme_chatbot.nlu.sentence_encoder import shared_encoder
from programme_chatbot.settings import load_knowledge_or_exit

TOKENS = "normalised_tokens"
MASKED = "masked_tokens"
STATEMENT = "statement"  # metadata of an example: the id of the statement that it asks for
_FILE = "normaliser.json"
# Lookup tables of data/nlu.yml and sections of the knowledge file whose names are masked.
_MASKED_LOOKUPS = {"other_university": OTHER_UNIVERSITY, "other_programme": OTHER_PROGRAMME, "other_company": COMPANY}
_MASKED_SECTIONS = {"companies": COMPANY, "sustainability_goals": GOAL}


def fingerprint() -> str:
    """Returns a hash of what the NLU components are made of beside the training data: names, keywords and code.

    Rasa by itself looks at the source of the component's class only.
    """
    parts = taught_by(load_knowledge_or_exit())
    parts += [file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("*.py"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def tokens_of(message: Message, key: str) -> list[Token]:
    """Returns the tokens that this component put under `key` (`TOKENS` or `MASKED`)."""
    return [Token(*values) for values in message.get(key) or []]


def build_normaliser(training_data: TrainingData, knowledge: Knowledge) -> tuple[Normaliser, dict[str, Any]]:
    """Builds the normaliser from training data and knowledge.

    Returns:
        The normaliser, and what it was made of apart from the encoder's words, as JSON-ready data.
    """
    programme = knowledge.programme
    masks = {
        OWN_PROGRAMME: [programme.name, *programme.aliases],
        OWN_UNIVERSITY: [programme.university, *programme.university_aliases],
    }
    for section, mask in _MASKED_SECTIONS.items():
        masks[mask] = [name for item in getattr(knowledge, section) for name in (item.name, *item.aliases)]
    for lookup in training_data.lookup_tables:
        if lookup["name"] in _MASKED_LOOKUPS:
            masks.setdefault(_MASKED_LOOKUPS[lookup["name"]], []).extend(lookup["elements"])
    texts = [str(example.get(TEXT)) for example in training_data.intent_examples]
    counts: dict[str, int] = {}
    for text in texts:
        for token in tokenise(text):
            counts[token.text] = counts.get(token.text, 0) + 1
    known = shared_encoder().words()
    # A word that the encoder does not know and that occurs once is more likely a misspelling than a word.
    vocabulary = {word for word, count in counts.items() if word.isalpha() and (word in known or count > 2)}
    own_words = names_of(knowledge) | keywords_of(knowledge)
    vocabulary |= {token.text for phrase in own_words for token in tokenise(phrase)}
    content = {
        "synonyms": dict(training_data.entity_synonyms),
        "masks": masks,
        "vocabulary": sorted(vocabulary),
    }
    return _from_content(content), content


def _from_content(content: dict[str, Any]) -> Normaliser:
    return Normaliser(**content, known_words=shared_encoder().words())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextNormaliser(GraphComponent):
    """Adds normalised and masked tokens to messages."""

    def __init__(self, storage: ModelStorage, resource: Resource, normaliser: Normaliser | None) -> None:
        self._storage = storage
        self._resource = resource
        self._normaliser = normaliser

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """Creates the untrained component."""
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TextNormaliser:
        """Loads the trained component."""
        with model_storage.read_from(resource) as folder:
            content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, _from_content(content))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Lets Rasa train afresh when names of the knowledge file or the code have changed."""
        return fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Builds the normaliser from the training data and the knowledge file."""
        self._normaliser, content = build_normaliser(training_data, load_knowledge_or_exit())
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalises the training examples, and adds the questions of the knowledge file to them."""
        with_questions = training_data.merge(TrainingData(questions_of(load_knowledge_or_exit())))
        self.process(with_questions.training_examples)
        return with_questions

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalises messages."""
        if self._normaliser is None:
            raise RuntimeError("The text normaliser has not been trained.")
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                tokens = self._normaliser.tokens(text)
                message.set(TOKENS, [astuple(token) for token in tokens])
                message.set(MASKED, [astuple(token) for token in self._normaliser.masked(tokens)])
        return messages


def questions_of(knowledge: Knowledge) -> list[Message]:
    """Returns the questions that the knowledge file gives for its statements, with the statement's id as metadata."""
    return [
        Message.build(question, intent=BY_ID[entry.topic].intent, example_metadata={STATEMENT: entry.id})
        for entry in knowledge.statements
        for question in knowledge.asked.get(entry.id, ())
    ]
