"""Opens the database that Rasa keeps conversations in, without Rasa."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from programme_chatbot.storage import database_url

_TIMEOUT = 30  # seconds; the bot writes into the same database

# The columns of Rasa's table that we use (rasa.core.tracker_store.SQLTrackerStore.SQLEvent).
events = sa.table(
    "events",
    sa.column("id", sa.Integer),
    sa.column("sender_id", sa.String),
    sa.column("type_name", sa.String),
    sa.column("timestamp", sa.Float),
    sa.column("action_name", sa.String),
    sa.column("data", sa.Text),
)


class DatabaseError(Exception):
    """The database cannot be used; the text is a sentence without passwords and without what is stored."""


@contextmanager
def opened_database() -> Iterator[Engine | None]:
    """Opens the database; None if no conversation has been stored yet.

    Raises:
        DatabaseError: if it cannot be reached, or fails inside the block.
        SettingsError: if `DATABASE_URL` makes no sense.
    """
    url = make_url(database_url())
    is_file = url.get_backend_name() == "sqlite"
    if is_file and not Path(str(url.database)).exists():  # opening it would create it
        yield None
        return
    options = {"timeout" if is_file else "connect_timeout": _TIMEOUT}
    engine = sa.create_engine(url, hide_parameters=True, future=True, connect_args=options)
    if is_file:
        sa.event.listen(engine, "connect", _overwrite_what_is_deleted)
    try:
        yield engine if sa.inspect(engine).has_table(events.name) else None
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", "") or type(error).__name__).split())
        raise DatabaseError(f"The database of the conversations does not work: {reason}.") from None
    finally:
        engine.dispose()


def empty_log(database: Engine) -> None:
    """Empties SQLite's write-ahead log, which still holds deleted rows; PostgreSQL looks after its own."""
    if database.dialect.name == "sqlite":
        with database.connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _overwrite_what_is_deleted(connection: object, _: object) -> None:
    connection.execute("PRAGMA secure_delete = ON")  # type: ignore[attr-defined]
