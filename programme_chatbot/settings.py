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
LOG_FOLDER_VARIABLE = "LOG_FOLDER"
LOG_FORMAT_VARIABLE = "LOG_FORMAT"
METRICS_PORT_VARIABLE = "METRICS_PORT"
RETENTION_VARIABLE = "RETENTION_DAYS"
REST_VARIABLE = "REST_CHANNEL"
TIME_ZONE = ZoneInfo("Europe/Stockholm")
_LOG_FORMATS = ("text", "json")
_RETENTION_DAYS = 90
_MOST_RETENTION_DAYS = 3650


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


def log_folder() -> Path:
    """Returns where the servers' logs go: `LOG_FOLDER`, or the one of the project."""
    configured = os.environ.get(LOG_FOLDER_VARIABLE)
    return Path(configured).resolve() if configured else PROJECT_FOLDER / "logs"


def log_format() -> str:
    """Returns how logs are written: `LOG_FORMAT`, or "text" for people; "json" is for programs.

    Raises:
        SettingsError: if `LOG_FORMAT` is something else.
    """
    configured = os.environ.get(LOG_FORMAT_VARIABLE) or _LOG_FORMATS[0]
    if configured not in _LOG_FORMATS:
        raise SettingsError(f"{LOG_FORMAT_VARIABLE} is '{configured}'; it must be one of {', '.join(_LOG_FORMATS)}.")
    return configured


def metrics_port() -> int | None:
    """Returns the port for Prometheus, `METRICS_PORT`; None if that is not set.

    Raises:
        SettingsError: if it is not a port.
    """
    return _whole(METRICS_PORT_VARIABLE, 1, 65535)


def retention_days() -> int:
    """Returns after how many days without a message conversations are deleted: `RETENTION_DAYS`, or 90.

    Raises:
        SettingsError: if it is not a number of days; there is no value for "never".
    """
    return _whole(RETENTION_VARIABLE, 1, _MOST_RETENTION_DAYS) or _RETENTION_DAYS


def rest_channel_is_on() -> bool:
    """Tells whether the REST channel, which believes any sender, takes messages: only if `REST_CHANNEL` is "on"."""
    return os.environ.get(REST_VARIABLE) == "on"


def _whole(variable: str, least: int, most: int) -> int | None:
    configured = os.environ.get(variable, "").strip()
    if not configured:
        return None
    if not (configured.isascii() and configured.isdigit()) or not least <= int(configured) <= most:
        raise SettingsError(f"{variable} is '{configured}'; it must be a whole number from {least} to {most}.")
    return int(configured)


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
