"""Where conversations and counts are kept: addresses from the environment, by default files of this machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from programme_chatbot.settings import PROJECT_FOLDER, SettingsError

DATABASE_VARIABLE = "DATABASE_URL"
REDIS_VARIABLE = "REDIS_URL"
DATA_VARIABLE = "PROGRAMME_DATA"
_DATABASE_FILE = "conversations.db"
_SECRET_FILE = "web-session-secret"
_SECRET_BYTES = 48
# Those that are refused may hold a password, so no sentence repeats them.
_DATABASE_SENTENCE = (
    f"{DATABASE_VARIABLE} is not an address of a database such as postgresql://user:password@localhost/chatbot; "
    "unset it to keep conversations in a file."
)
_REDIS_SENTENCE = f"{REDIS_VARIABLE} is not an address of Redis such as redis://localhost:6379."


def data_folder() -> Path:
    """Returns the folder for what must survive a restart: `PROGRAMME_DATA`, or var/ of the project."""
    configured = os.environ.get(DATA_VARIABLE)
    return Path(configured).resolve() if configured else PROJECT_FOLDER / "var"


def database_url() -> str:
    """Returns the address of the database with the conversations, as SQLAlchemy writes it.

    Returns:
        `DATABASE_URL` (postgresql:// or sqlite:///), or a file in the data folder if it is not set.

    Raises:
        SettingsError: if it is set to anything else.
    """
    configured = os.environ.get(DATABASE_VARIABLE, "").strip()
    if not configured:
        return f"sqlite:///{data_folder() / _DATABASE_FILE}"
    if configured.startswith("postgres://"):  # as many hosts write it
        configured = configured.replace("postgres", "postgresql", 1)
    if not configured.startswith(("postgresql://", "sqlite:///")) or not _has_sensible_port(configured):
        raise SettingsError(_DATABASE_SENTENCE)
    return configured


def redis_url() -> str:
    """Returns the address of Redis, which several workers need: `REDIS_URL`, or nothing if it is not set.

    Raises:
        SettingsError: if it is set to anything else.
    """
    configured = os.environ.get(REDIS_VARIABLE, "").strip()
    if configured and not (configured.startswith(("redis://", "rediss://")) and _has_sensible_port(configured)):
        raise SettingsError(_REDIS_SENTENCE)
    return configured


def kept_secret() -> str:
    """Returns a random key that stays the same from one start to the next; it is made at the first call.

    Raises:
        SettingsError: if the data folder cannot be written to.
    """
    file = data_folder() / _SECRET_FILE
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(secrets.token_urlsafe(_SECRET_BYTES))
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read or written ({error.strerror}); correct its rights, or set {DATA_VARIABLE} to "
            "another folder."
        ) from None


def _has_sensible_port(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False
