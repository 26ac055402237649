"""Where things are and what day it is: the few settings that come from the environment."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from programme_chatbot.knowledge import Knowledge, KnowledgeError, load

PROJECT_FOLDER = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"  # where all servers listen: they are reached through a proxy or from this machine
KNOWLEDGE_VARIABLE = "PROGRAMME_KNOWLEDGE"
TODAY_VARIABLE = "PROGRAMME_TODAY"
TIME_ZONE = ZoneInfo("Europe/Stockholm")


class SettingsError(Exception):
    """An environment variable has a value that makes no sense."""


def knowledge_file() -> Path:
    """Returns the knowledge file: `PROGRAMME_KNOWLEDGE`, or the one of the project."""
    configured = os.environ.get(KNOWLEDGE_VARIABLE)
    return Path(configured).resolve() if configured else PROJECT_FOLDER / "knowledge" / "msc-machine-learning.yml"


def today() -> datetime.date:
    """Returns today's date in Stockholm, or `PROGRAMME_TODAY` (YYYY-MM-DD) if that is set.

    Raises:
        SettingsError: if `PROGRAMME_TODAY` is not a date.
    """
    configured = os.environ.get(TODAY_VARIABLE)
    if not configured:
        return datetime.datetime.now(TIME_ZONE).date()
    try:
        return datetime.date.fromisoformat(configured)
    except ValueError:
        raise SettingsError(
            f"{TODAY_VARIABLE} is '{configured}', which is not a date; write it as 2026-01-15 or unset it."
        ) from None


def load_knowledge_or_exit() -> Knowledge:
    """Loads the knowledge file for training or serving.

    Returns:
        The knowledge.

    Raises:
        SystemExit: with status 1, after printing every problem, if the file is invalid. Rasa logs ordinary
            exceptions while loading a model and goes on without one; nothing less than this stops it.
    """
    try:
        return load(knowledge_file())
    except KnowledgeError as error:
        print(error.report(), file=sys.stderr, flush=True)
        raise SystemExit(1) from None
