"""The action that answers every message: reads the tracker, asks `programme_chatbot.answers`, utters the reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from programme_chatbot.answers import NOTICE_TOPIC, Answer, Answerer, Context, Mention, Question, Wording
from programme_chatbot.knowledge.topics import BY_ID, BY_INTENT, UNCLEAR
from programme_chatbot.settings import PROJECT_FOLDER, load_knowledge_or_exit, today

LANGUAGE = "en"


class ActionAnswer(Action):
    """Answers the questions of the latest message."""

    def __init__(self) -> None:
        wording = Wording.from_domain(PROJECT_FOLDER / "domain.yml")
        self._answerer = Answerer(load_knowledge_or_exit(), wording)

    def name(self) -> str:
        """Returns the name under which domain.yml knows the action."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters one message for each question, and remembers what it was about."""
        context = context_of(tracker)
        date = today()
        if context.is_first:
            utter(dispatcher, self._answerer.notice(date))
        for question in questions_of(tracker, context):
            answer = self._answerer.answer(replace(question, context=context), date)
            utter(dispatcher, answer)
            context = context_after(context, answer)
        return [SlotSet("answered", True), *changed_slots(tracker, context)]


def questions_of(tracker: Tracker, context: Context) -> list[Question]:
    """Returns the questions of the latest message, in order."""
    message = tracker.latest_message
    readings = message.get("readings") or [{"intent": UNCLEAR.intent}]
    entities = message.get("entities") or []
    return [_question(reading, entities, context) for reading in readings]


def context_of(tracker: Tracker) -> Context:
    """Returns what the conversation was about before the latest message."""
    since_start: list[dict[str, Any]] = []
    for event in tracker.events:
        since_start = [] if event["event"] == "session_started" else [*since_start, event]
    return Context(
        topic=tracker.get_slot("last_topic") or "",
        items=tuple(tracker.get_slot("last_items") or ()),
        said=tuple(tracker.get_slot("last_said") or ()),
        unclear_turns=int(tracker.get_slot("unclear_turns") or 0),
        is_first=not any(_is_notice(event) for event in since_start),
    )


def context_after(context: Context, answer: Answer) -> Context:
    """Returns what the conversation is about after an answer."""
    unclear_turns = context.unclear_turns + 1 if answer.status == "clarify" else 0
    if BY_ID.get(answer.topic, UNCLEAR).is_question:
        return Context(
            topic=answer.topic,
            # A reply that lists nothing leaves the last list in place: "who teaches it?" and then "when is it given?"
            items=answer.items or context.items,
            said=(*(context.said if answer.topic == context.topic else ()), *answer.used),
            unclear_turns=unclear_turns,
        )
    return replace(context, unclear_turns=unclear_turns, is_first=False)


def changed_slots(tracker: Tracker, context: Context) -> list[EventType]:
    """Returns the events that store a context; only what changed, as every event makes later turns slower."""
    slots = {
        "last_topic": context.topic or None,
        "last_items": list(context.items) or None,
        "last_said": list(context.said) or None,
        "unclear_turns": float(context.unclear_turns) or None,
    }
    return [SlotSet(name, value) for name, value in slots.items() if tracker.get_slot(name) != value]


def utter(dispatcher: CollectingDispatcher, answer: Answer) -> None:
    """Utters an answer with the keys of the reply contract."""
    dispatcher.utter_message(
        text=answer.text,
        buttons=[{"title": button.title, "payload": button.payload} for button in answer.buttons],
        topic=answer.topic,
        status=answer.status,
        sources=[{"title": title, "url": url} for title, url in answer.sources],
        language=LANGUAGE,
    )


def _question(reading: dict[str, Any], entities: list[dict[str, Any]], context: Context) -> Question:
    topic = BY_INTENT.get(reading["intent"], UNCLEAR)
    start, end = reading.get("start", 0), reading.get("end", float("inf"))
    alternatives = [BY_INTENT[intent].id for intent, _ in reading.get("alternatives", []) if intent in BY_INTENT]
    return Question(
        topic=topic.id,
        mentions=tuple(
            Mention(entity["entity"], entity["value"])
            for entity in entities
            if start <= entity["start"] and entity["end"] <= end
        ),
        words=reading.get("words", ""),
        alternatives=tuple(alternatives),
        context=context,
    )


def _is_notice(event: dict[str, Any]) -> bool:
    metadata = event.get("metadata") or {}
    return event["event"] == "bot" and bool(metadata.get("topic") == NOTICE_TOPIC)
