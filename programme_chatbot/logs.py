"""What the servers log: a line for each event, with the id of the request and without anything that a user wrote."""

from __future__ import annotations

import contextvars
import datetime
import json
import logging
import sys
import traceback
import uuid
from collections.abc import Iterator
from typing import Any

from programme_chatbot.settings import log_format

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_STRUCTURED = ("event_info", "event")  # of Rasa's structured lines only these; the other keys hold messages


def new_request() -> str:
    """Begins a request: what is logged from here on in this task carries its id.

    Returns:
        The id, which is random.
    """
    id_ = uuid.uuid4().hex
    continue_request(id_)
    return id_


def continue_request(id_: str) -> None:
    """Goes on with a request that has begun elsewhere, in another task or server."""
    _request_id.set(id_)


class LineFormatter(logging.Formatter):
    """Writes a record as text for people, or as JSON for programs.

    Args:
        as_json: whether as JSON, one object a line.
    """

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record; of an exception its type and place, as its text may quote a message."""
        time = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        content = {
            "time": time.isoformat("T", "milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": _request_id.get(),
            "message": _message(record),
            **getattr(record, "details", {}),
        }
        trace = described(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        if self._as_json:
            return json.dumps({key: value for key, value in {**content, "exception": trace}.items() if value != ""})
        head = " ".join(str(content.pop(key)) or "-" for key in ("time", "level", "logger", "request_id", "message"))
        details = "".join(f" {key}={value}" for key, value in content.items())
        return head + details + (f"\n{trace}" if trace else "")


def configure() -> None:
    """Makes all loggers of this process write such lines; to be called after Rasa has set up its own."""
    formatter = LineFormatter(as_json=log_format() == "json")
    for handler in logging.getLogger().handlers:
        if getattr(handler, "stream", None) in (sys.stdout, sys.stderr):
            handler.setFormatter(formatter)
            handler.filters.clear()  # Rasa's leaves out lines that differ from the one before in details only
    if logging.lastResort:  # writes for loggers that Rasa has cut off, such as Sanic's
        logging.lastResort.setFormatter(formatter)
    if "sqlalchemy" in sys.modules:  # the action server has no database and is spared the import
        _keep_values_out_of_database_errors()


def described(error: BaseException) -> str:
    """Returns the places and types of an exception and of those behind it.

    Their texts stay out, since an exception may quote what it failed on: a database the row, an HTTP client the body.
    Those that tell only of files, connections and locks stay in.
    """
    lines = []
    for link in reversed(list(_chain(error))):
        text = _safe_text(link)
        kind = f"{type(link).__module__}.{type(link).__qualname__}"
        lines += [*traceback.format_tb(link.__traceback__), f"{kind}: {text}\n" if text else f"{kind}\n"]
    return "".join(lines).rstrip()


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _safe_text(error: BaseException) -> str:
    if type(error).__name__ == "OperationalError":  # of SQLAlchemy, which wraps that of the driver, and of the drivers
        return str(getattr(error, "orig", error)).strip()
    return str(error) if isinstance(error, OSError) else ""


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.name.startswith("rasa") and message.startswith("{"):
        try:
            structured = json.loads(message)
        except ValueError:
            return message
        return next((str(structured[key]) for key in _STRUCTURED if key in structured), "")
    return message


def _keep_values_out_of_database_errors() -> None:
    """Makes SQLAlchemy leave values, which hold messages, out of the texts of its errors: Rasa logs these texts."""
    import sqlalchemy.event
    from sqlalchemy.engine import Engine

    sqlalchemy.event.listen(Engine, "handle_error", _hide_values)


def _hide_values(context: Any) -> None:
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.hide_parameters = True
