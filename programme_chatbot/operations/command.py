"""The commands `programme-chatbot forget` and `programme-chatbot report`."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

from programme_chatbot.evaluation.review import TRAINING, read_examples
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.operations.clusters import group
from programme_chatbot.operations.report import as_html, as_markdown, sections
from programme_chatbot.operations.retention import forget_conversation, forget_older_than
from programme_chatbot.operations.turns import UNANSWERED, read_turns
from programme_chatbot.settings import TIME_ZONE


def forget(*, older_than: datetime.timedelta | None, session: str | None) -> int:
    """Deletes conversations: those older than an age, or else the one of a session.

    Returns:
        The exit status: 0, or 1 if there is no conversation of that session.

    Raises:
        DatabaseError: if the database fails.
    """
    if older_than is not None:
        print(f"Conversations deleted: {forget_older_than(older_than)}.")
        return 0
    if not forget_conversation(session or ""):
        print("There is no conversation with that id.", file=sys.stderr)
        return 1
    print("The conversation is deleted.")
    return 0


def report(*, since: datetime.timedelta, format_: str, file: Path | None) -> int:
    """Writes the report on the time since an age.

    Returns:
        The exit status: 0, or 1 if the file cannot be written.

    Raises:
        DatabaseError: if the database fails.
    """
    now = datetime.datetime.now(TIME_ZONE)
    turns = read_turns(now - since)
    unanswered = [turn.text for turn in turns if turn.outcome in UNANSWERED]
    encoder = SentenceEncoder()  # one thread: the bot runs beside it
    groups = group(unanswered, read_examples(*TRAINING), encoder) if unanswered else []
    parts = sections(turns, groups, (now - since).date(), now.date())
    text = as_html(parts) if format_ == "html" else as_markdown(parts)
    if file is None:
        print(text)
        return 0
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"{file} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Report: {file}")
    return 0
