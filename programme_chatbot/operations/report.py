"""Writes the report: what was asked, what went unanswered, and how it was rated."""

from __future__ import annotations

import base64
import datetime
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from programme_chatbot.operations.clusters import Group
from programme_chatbot.operations.figures import Figures, by, by_period, by_topic
from programme_chatbot.operations.pictures import draw_periods, draw_topics
from programme_chatbot.operations.turns import UNANSWERED, Turn

_MOST_GROUPS = 50
_MOST_WORDINGS = 3
_MOST_RATED = 50
_FIGURES = ("answered", "unanswered", "small talk", "answered of questions", "helpful", "not helpful")
_MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\|`*_[]<>#"})
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; }}
img {{ max-width: 100%; height: auto; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Args:
        title: its heading.
        text: a paragraph.
        header: the heads of a table; empty if there is none.
        rows: its rows.
        picture: a PNG; in HTML only.
        picture_says: what the picture shows.
    """

    title: str
    text: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    picture: bytes = b""
    picture_says: str = ""


def sections(
    turns: Sequence[Turn], groups: Sequence[Group], since: datetime.date, until: datetime.date
) -> list[Section]:
    """Returns the parts of the report.

    Args:
        turns: the messages with their replies.
        groups: the messages that went unanswered, grouped.
        since: the first day.
        until: the last day.
    """
    title = f"What was asked from {since} to {until}"
    if not turns:
        return [Section(title, "No messages are stored from this time.")]
    total = by(lambda turn: "all", turns)["all"]
    conversations = len({turn.conversation for turn in turns})
    periods = by_period(turns, since, until)
    topics = by_topic(turns)
    return [
        Section(title, _summary(conversations, total)),
        Section(
            "By period",
            "A message is unanswered if any part of its reply asked back, did not know, was out of scope or failed.",
            *_table("period", periods),
            draw_periods(periods),
            "Messages of each period: answered, unanswered, small talk; the figures are in the table.",
        ),
        Section("By channel", "", *_table("channel", by(lambda turn: turn.channel, turns))),
        Section(
            "Topics",
            "Of each reply, the topic. A message with two questions has two.",
            *_table("topic", topics, counted="replies"),
            draw_topics(topics) if topics else b"",
            "Replies of the most frequent topics: answered and unanswered; the figures are in the table.",
        ),
        Section("Why messages went unanswered", "", ("reason", "messages"), _reasons(turns)),
        _unanswered(groups),
        _not_helpful(turns),
    ]


def as_markdown(parts: Iterable[Section]) -> str:
    """Returns the report as Markdown, without pictures."""
    lines = []
    for number, part in enumerate(parts):
        lines += [f"{'##' if number else '#'} {part.title}", "", *([part.text, ""] if part.text else [])]
        if part.header:
            rows = [part.header, ["---"] * len(part.header), *([_escaped(cell) for cell in row] for row in part.rows)]
            lines += [*(f"| {' | '.join(row)} |" for row in rows), ""]
    return "\n".join(lines)


def as_html(parts: Sequence[Section]) -> str:
    """Returns the report as a page that needs no other file."""
    lines = []
    for number, part in enumerate(parts):
        level = 2 if number else 1
        lines.append(f"<h{level}>{html.escape(part.title)}</h{level}>")
        if part.text:
            lines.append(f"<p>{html.escape(part.text)}</p>")
        if part.picture:
            data = base64.b64encode(part.picture).decode()
            lines.append(f'<img src="data:image/png;base64,{data}" alt="{html.escape(part.picture_says)}">')
        if part.header:
            head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in part.header)
            rows = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in part.rows]
            lines.append("\n".join(["<table>", f"<tr>{head}</tr>", *(f"<tr>{row}</tr>" for row in rows), "</table>"]))
    return _PAGE.format(title=html.escape(parts[0].title), body="\n".join(lines))


def _summary(conversations: int, total: Figures) -> str:
    return (
        f"Messages: {total.messages}. Conversations: {conversations}. "
        f"Messages that were not small talk: {total.messages - total.social}, of which answered: {total.answered} "
        f"({_share(total)}). Ratings: {total.helpful} helpful, {total.unhelpful} not helpful."
    )


def _table(
    name: str, table: dict[str, Figures], *, counted: str = "messages"
) -> tuple[tuple[str, ...], list[list[str]]]:
    return (name, counted, *_FIGURES), [
        [
            key,
            *map(str, (figures.messages, figures.answered, figures.unanswered, figures.social)),
            _share(figures),
            *map(str, (figures.helpful, figures.unhelpful)),
        ]
        for key, figures in table.items()
    ]


def _reasons(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    outcomes = [turn.outcome for turn in turns]
    return [(reason.replace("_", " "), str(outcomes.count(reason))) for reason in UNANSWERED]


def _unanswered(groups: Sequence[Group]) -> Section:
    title = "What went unanswered"
    if not groups:
        return Section(title, "Nothing.")
    more = f" The other {len(groups) - _MOST_GROUPS} groups are left out." if len(groups) > _MOST_GROUPS else ""
    text = (
        "Messages that ask for like things are put together, the most frequent first. The nearest topic is the one "
        "with the training example most like them: near 1, it should have been understood or lacks a fact; "
        f"under 0.5, nothing like it is known.{more}"
    )
    rows = [
        (str(group.count), _wordings(group.texts), group.topic, f"{group.likeness:.2f}")
        for group in groups[:_MOST_GROUPS]
    ]
    return Section(title, text, ("messages", "such as", "nearest topic", "likeness"), rows)


def _wordings(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_WORDINGS
    return " / ".join(texts[:_MOST_WORDINGS]) + (f" / and {more} more" if more > 0 else "")


def _not_helpful(turns: Iterable[Turn]) -> Section:
    rated = [
        (f"{turn.time:%Y-%m-%d}", turn.text, reply.topic, reply.status.replace("_", " "))
        for turn in turns
        for reply in turn.replies
        if reply.rating == "down"
    ]
    if not rated:
        return Section("Rated as not helpful", "Nothing.")
    header = ("day", "message", "topic of the reply", "status")
    return Section("Rated as not helpful", "The newest first.", header, rated[::-1][:_MOST_RATED])


def _share(figures: Figures) -> str:
    share = figures.answered_share
    return "-" if share is None else f"{share:.0%}"


def _escaped(text: str) -> str:
    return text.translate(_MARKDOWN_SIGNS)
