"""Where conversations are kept: the address from the environment, by default a file of this machine."""

from __future__ import annotations

import os

from programme_chatbot.settings import PROJECT_FOLDER, SettingsError

DATABASE_VARIABLE = "DATABASE_URL"
_KINDS = ("postgresql://", "sqlite:///")


def database_url() -> str:
    """Returns the address of the database with the conversations, as SQLAlchemy writes it.

    Raises:
        SettingsError: if `DATABASE_URL` is not the address of a PostgreSQL or SQLite database.
    """
    configured = os.environ.get(DATABASE_VARIABLE, "").strip()
    if not configured:
        return f"sqlite:///{PROJECT_FOLDER / 'var' / 'conversations.db'}"
    if not configured.startswith(_KINDS):
        raise SettingsError(  # without the address, which may hold a password
            f"{DATABASE_VARIABLE} is not an address such as postgresql://user:password@localhost/chatbot."
        )
    return configured
