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
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from programme_chatbot.knowledge.topics import BY_ID
from programme_chatbot.nlu.intent_model import IntentModel, Settings
from programme_chatbot.nlu.normaliser import join
from programme_chatbot.nlu.scoring import Scorer
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder, shared_encoder
from programme_chatbot.nlu.stay_model import StayModel
from programme_chatbot.nlu.text_normaliser import MASKED, TOKENS, fingerprint, tokens_of
from programme_chatbot.nlu.understanding import Thresholds, Understanding
from programme_chatbot.settings import load_knowledge_or_exit

READINGS = "readings"
LAST_TOPIC = "last_topic"
_RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ClauseIntentClassifier(GraphComponent):
    """Classifies messages with the intent model, and tells the readings of each of their questions."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
        stay_model: StayModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._understanding = self._with(model, stay_model) if model and stay_model else None

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
            return cls(
                config, model_storage, resource, IntentModel.load(shared_encoder(), folder), StayModel.load(folder)
            )

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Lets Rasa train afresh when the code has changed."""
        return fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the intent model on the normalised examples, and the stay model on follow-ups."""
        examples = [example for example in training_data.intent_examples if example.get(MASKED)]
        alone = [example for example in examples if not _after(example)]
        texts = [join(tokens_of(example, MASKED)) for example in alone]
        intents = [example.get(INTENT) for example in alone]
        settings = Settings(**{field.name: self._config[field.name] for field in fields(Settings)})
        encoder = SentenceEncoder(threads=os.cpu_count() or 1)
        model = IntentModel.train(encoder, texts, intents, settings)
        follow_ups = [example for example in examples if _after(example) in BY_ID]
        stay_model = self._train_stay_model(model, follow_ups)
        with self._storage.write_to(self._resource) as folder:
            model.save(folder)
            stay_model.save(folder)
        self._understanding = self._with(model, stay_model)
        return self._resource

    def _train_stay_model(self, model: IntentModel, follow_ups: list[Message]) -> StayModel:
        understanding = self._with(model, StayModel.never())
        rows, stays = [], []
        for example in follow_ups:
            row = understanding.stay_features(tokens_of(example, MASKED), _after(example))
            if row is not None:
                rows.append(row)
                stays.append(BY_ID[_after(example)].intent == example.get(INTENT))
        return StayModel.train(rows, stays) if len(set(stays)) == 2 else StayModel.never()

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

    def _with(self, model: IntentModel, stay_model: StayModel) -> Understanding:
        thresholds = Thresholds(**{field.name: self._config[field.name] for field in fields(Thresholds)})
        scorer = Scorer(model, shared_encoder(), load_knowledge_or_exit())
        return Understanding(scorer.intents, scorer.statements, scorer, stay_model, thresholds)


def _after(example: Message) -> str:
    """Returns the id of the topic that an example of data/follow_ups.yml follows, or nothing."""
    metadata = (example.get("metadata") or {}).get("example") or {}
    return str(metadata.get("after", ""))
