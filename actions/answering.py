"""The action that answers every message: reads the tracker, asks `programme_chatbot.answers`, utters the reply."""

from __future__ import annotations

import datetime
import logging
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.current import current
from programme_chatbot import logs
from programme_chatbot.answers import NOTICE_TOPIC, Answer, Answerer, Context, Mention, Question
from programme_chatbot.knowledge.topics import BY_ID, BY_INTENT, UNCLEAR
from programme_chatbot.settings import today

LANGUAGE = "en"
_logger = logging.getLogger(__name__)


class ActionAnswer(Action):
    """Answers the questions of the latest message."""

    def __init__(self) -> None:
        logs.configure()
        self._current = current()

    def name(self) -> str:
        """Returns the name under which domain.yml knows the action."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters one message for each question, and remembers what it was about."""
        logs.continue_request(tracker.latest_message.get("message_id") or "")
        answerer = self._current.answerer  # one for the whole turn, whatever happens to the file
        context = context_of(tracker)
        date = today()
        if context.is_first:
            utter(dispatcher, answerer.notice(date))
        answers, context = answers_to(answerer, questions_of(tracker, context), context, date)
        for answer, confidence in answers:
            utter(dispatcher, answer, confidence=confidence)
        replies = ", ".join(f"{answer.topic} {answer.status} {confidence:.2f}" for answer, confidence in answers)
        _logger.info("Answered.", extra={"details": {"replies": replies}})
        return [SlotSet("answered", True), *changed_slots(tracker, context)]


def questions_of(tracker: Tracker, context: Context) -> list[Question]:
    """Returns the questions of the latest message, in order."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    # Other classifiers than ours (the baseline's) give one intent and no readings.
    plain = {"intent": intent.get("name"), "confidence": intent.get("confidence", 0.0)}
    readings = message.get("readings") or [{**plain, "words": str(message.get("text") or "").lower()}]
    entities = message.get("entities") or []
    # Names between two questions belong to the second one: "DD2434: what is it about, and when is it given?"
    ends = [0, *(reading.get("end", 0) for reading in readings[:-1]), float("inf")]
    return [
        _question(reading, [entity for entity in entities if start <= entity["start"] < end], context)
        for reading, start, end in zip(readings, ends, ends[1:], strict=False)
    ]


def answers_to(
    answerer: Answerer, questions: list[Question], context: Context, date: datetime.date
) -> tuple[list[tuple[Answer, float]], Context]:
    """Answers the questions of a message, each in the context of those before it.

    Returns:
        The answers with the confidence of their questions, without those that repeat one before and with those on one
        topic joined; and the context after.
    """
    answers: list[tuple[Answer, float]] = []
    for index, question in enumerate(questions):
        if index:  # what repeats an answer of this very reply is left out
            question = replace(question, otherwise=None)
        answer = answerer.answer(question.after(context), date)
        if any(_repeats(answer, earlier) for earlier, _ in answers):
            continue
        if answer.status == "out_of_scope" and any(earlier.status == "out_of_scope" for earlier, _ in answers):
            continue  # one refusal is enough
        context = context_after(context, answer)
        together = answerer.joined(answers[-1][0], answer) if answers else None
        if together:
            answers[-1] = (together, max(answers[-1][1], question.confidence))
        else:
            answers.append((answer, question.confidence))
    # "Thanks!" beside a question needs no reply of its own; who asks whether this is a person gets one.
    serious = [pair for pair in answers if pair[0].status != "social" or pair[0].topic == "social.identity"]
    return serious or answers, context


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


def utter(dispatcher: CollectingDispatcher, answer: Answer, *, confidence: float = 1.0) -> None:
    """Utters an answer with the keys of the reply contract, and how sure it was of the question."""
    dispatcher.utter_message(
        text=answer.text,
        buttons=[{"title": button.title, "payload": button.payload} for button in answer.buttons],
        topic=answer.topic,
        status=answer.status,
        sources=[{"title": title, "url": url} for title, url in answer.sources],
        language=LANGUAGE,
        confidence=confidence,
        card=answer.card,
    )


def _question(reading: dict[str, Any], entities: list[dict[str, Any]], context: Context) -> Question:
    otherwise = reading.get("otherwise")
    topic = BY_INTENT.get(reading["intent"], UNCLEAR)
    alternatives = [BY_INTENT[intent].id for intent, _ in reading.get("alternatives", []) if intent in BY_INTENT]
    return Question(
        topic=topic.id,
        mentions=tuple(Mention(entity["entity"], entity["value"]) for entity in entities),
        words=reading.get("words", ""),
        alternatives=tuple(alternatives),
        confidence=reading.get("confidence", 0.0),
        statements=tuple((name, share) for name, share in reading.get("statements", ())),
        otherwise=_question(otherwise, entities, context) if otherwise else None,
        context=context,
    )


def _repeats(answer: Answer, earlier: Answer) -> bool:
    return answer.topic == earlier.topic and set(answer.used) <= set(earlier.used)


def _is_notice(event: dict[str, Any]) -> bool:
    metadata = event.get("metadata") or {}
    return event["event"] == "bot" and bool(metadata.get("topic") == NOTICE_TOPIC)
