"""The knowledge file: its model, how it is loaded and checked, and how facts are looked up. Imports nothing of Rasa."""

from programme_chatbot.knowledge.loading import json_schema, load
from programme_chatbot.knowledge.model import Knowledge
from programme_chatbot.knowledge.problems import KnowledgeError, Problem

__all__ = ["Knowledge", "KnowledgeError", "Problem", "json_schema", "load"]
