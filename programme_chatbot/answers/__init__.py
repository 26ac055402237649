"""Answers: a question, the knowledge and today's date make a reply. Imports nothing of Rasa."""

from programme_chatbot.answers.answer import Answer, Button, Context, Mention, Question, Status
from programme_chatbot.answers.answering import NOTICE_TOPIC, Answerer
from programme_chatbot.answers.wording import Wording, WordingError

__all__ = [
    "NOTICE_TOPIC",
    "Answer",
    "Answerer",
    "Button",
    "Context",
    "Mention",
    "Question",
    "Status",
    "Wording",
    "WordingError",
]
