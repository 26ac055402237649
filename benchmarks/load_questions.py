"""What the visitors of the load test ask, and how they tell an answer from a failure; needs neither Rasa nor Locust."""

from __future__ import annotations

from typing import Any

from programme_chatbot.answers import NOTICE_TOPIC

# Seconds between an answer and the next question: some time to read some lines and to type a sentence.
PAUSE = (5, 15)
# In this order, again and again, each with the topic of its answer. None refers to what was said before.
QUESTIONS = (
    ("When is the last day to apply?", "deadlines.last_day"),
    ("Has anyone done their thesis at Spotify?", "degree_project.companies"),
    ("which courses are mandatory", "courses.mandatory"),
    ("What jobs do graduates get?", "careers.roles"),
    ("How many credits is DD2434?", "courses.credits"),
    ("What are the entry requirements?", "admission.requirements"),
    ("when do i get the results of my application", "deadlines.results"),
    ("I was wondering whether there is anything on robotics in the programme.", "courses.details"),
    ("Which companies hire graduates?", "careers.employers"),
    ("how does the programme contribute to the sustainable development goals?", "sustainability.goals"),
    ("Can I write my degree project abroad?", "degree_project.abroad"),
)


def problem_of(status: int, body: dict[str, Any] | None, topic: str) -> str:
    """Tells what is wrong with a reply of the web channel.

    Args:
        status: HTTP status.
        body: the JSON object, if there is one.
        topic: of the answer that is expected.

    Returns:
        A few words, the same for the same kind of failure; nothing if the reply is one answer to the question.
    """
    if status != 200 or body is None:
        code = body.get("error", {}).get("code", "") if body else "no answer"
        return f"HTTP {status} {code}".strip()
    replies = [(reply["topic"], reply["status"]) for reply in body["messages"] if reply["topic"] != NOTICE_TOPIC]
    if replies != [(topic, "answered")]:
        given = ", ".join(" ".join(reply) for reply in replies)
        return f"{topic} expected, given: {given or 'nothing'}"
    return ""
