"""The report tells what was asked, what went unanswered and how it was rated, from what Rasa has stored."""

from __future__ import annotations

import base64
import datetime
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from programme_chatbot.cli import main
from programme_chatbot.nlu.sentence_encoder import shared_encoder
from programme_chatbot.operations import command
from programme_chatbot.operations.clusters import group
from programme_chatbot.operations.figures import by_period, by_topic
from programme_chatbot.operations.report import as_html, as_markdown, sections
from programme_chatbot.operations.turns import Turn, masked, read_turns
from tests.operations.conftest import NOW, Conversations

SINCE = NOW - datetime.timedelta(days=30)
DAYS = (SINCE.date(), NOW.date())


def turns_of(conversations: Conversations) -> list[Turn]:
    return read_turns(SINCE)


def test_a_message_comes_with_its_replies_and_their_last_rating(conversations: Conversations) -> None:
    conversations.add(
        "web-a",
        {
            "text": "how much, and when?",
            "replies": [("social.notice", "social"), ("fees.tuition", "unknown"), ("deadlines.last_day", "answered")],
            "ratings": ["up", "none", "down"],
        },
        {"text": "thanks", "replies": [("social.thanks", "social")]},
        {"text": "topic:fees.tuition", "shown": "Fees", "replies": [("fees.tuition", "answered")], "ratings": ["none"]},
    )
    first, thanks, pressed = turns_of(conversations)
    assert [(reply.topic, reply.status, reply.rating) for reply in first.replies] == [
        ("fees.tuition", "unknown", "down"),
        ("deadlines.last_day", "answered", "down"),
    ]
    assert (first.channel, first.outcome, thanks.outcome) == ("web", "unknown", "social")
    assert (pressed.text, pressed.replies[0].rating) == ("Fees", "")


def test_a_reply_without_a_status_and_no_reply_at_all_have_failed(conversations: Conversations) -> None:
    conversations.add("a", {"text": "one", "replies": [("", "")]}, {"text": "two", "replies": []})
    assert [turn.outcome for turn in turns_of(conversations)] == ["failed", "failed"]


def test_conversations_that_happen_at_the_same_time_are_kept_apart(conversations: Conversations) -> None:
    conversations.add("a", {"text": "of a", "replies": [("fees.tuition", "answered")], "ratings": ["up"]})
    conversations.add("b", {"text": "of b", "replies": [("contact.staff", "unknown")]})
    turns = {turn.conversation: turn for turn in turns_of(conversations)}
    assert [reply.topic for reply in turns["a"].replies] == ["fees.tuition"]
    assert [reply.rating for reply in turns["b"].replies] == [""]


def test_what_is_older_is_left_out(conversations: Conversations) -> None:
    conversations.add("a", {"text": "old"}, days_ago=31)
    conversations.add("b", {"text": "new"}, days_ago=29)
    assert [turn.text for turn in turns_of(conversations)] == ["new"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to alma.ek@example.org please", "write to [e-mail] please"),
        ("my number is +46 70-123 45 67", "my number is [number]"),
        ("I am 19990101-1234", "I am [number]"),
        ("is DD2421 given on 2026-01-15 for SEK 342,000?", "is DD2421 given on 2026-01-15 for SEK 342,000?"),
    ],
)
def test_addresses_and_numbers_of_persons_are_left_out(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_periods_without_a_message_are_told_and_long_times_are_told_by_week_or_month(
    conversations: Conversations,
) -> None:
    conversations.add("a", {"text": "one"}, {"text": "two"})
    turns = turns_of(conversations)
    days = by_period(turns, *DAYS)
    assert len(days) == 31
    assert (days["2026-03-02"].messages, days["2026-03-01"].messages) == (2, 0)
    assert "2026-W10" in by_period(turns, datetime.date(2025, 12, 1), DAYS[1])
    months = by_period(turns, datetime.date(2025, 3, 1), DAYS[1])
    assert list(months) == [*(f"2025-{month:02}" for month in range(3, 13)), "2026-01", "2026-02", "2026-03"]


def test_topics_come_with_the_share_that_was_answered(conversations: Conversations) -> None:
    conversations.add(
        "a", *[{"text": "x", "replies": [("fees.tuition", status)]} for status in ("answered", "unknown")]
    )
    conversations.add("b", {"text": "x", "replies": [("contact.staff", "answered"), ("social.help", "social")]})
    topics = by_topic(turns_of(conversations))
    assert list(topics) == ["fees.tuition", "contact.staff"]
    assert topics["fees.tuition"].answered_share == 0.5


def test_unanswered_questions_that_ask_for_like_things_are_put_together_the_most_frequent_first() -> None:
    questions = [
        *("Is there a gym on campus?", "is there a gym on campus", "Does the campus have a gym?"),
        "Can I bring my dog?",
    ]
    first, second = group(questions, [("hello", "greet")], shared_encoder())
    assert (first.count, first.texts) == (3, ("Is there a gym on campus?", "Does the campus have a gym?"))
    assert second.texts == ("Can I bring my dog?",)


def test_the_nearest_topic_is_that_of_the_nearest_training_example() -> None:
    examples = [("how do I find an apartment", "ask_accommodation"), ("who are the teachers", "ask_staff")]
    (rooms,) = group(["where can I find a flat to rent"], examples, shared_encoder())
    assert (rooms.topic, rooms.likeness > 0.4) == ("living.accommodation", True)
    assert group([], examples, shared_encoder()) == []


def test_what_users_wrote_cannot_become_markup(conversations: Conversations) -> None:
    hostile = '<script>alert(1)</script> | [x](javascript:y) <img src=x onerror="z">'
    conversations.add("a", {"text": hostile, "replies": [("fees.tuition", "unknown")], "ratings": ["down"]})
    turns = turns_of(conversations)
    parts = sections(turns, group([turns[0].text], [("hello", "greet")], shared_encoder()), *DAYS)
    tags = Tags()
    tags.feed(as_html(parts))
    assert "script" not in tags.names
    assert all(source.startswith("data:image/png;base64,") for source in tags.sources)
    rows = [line for line in as_markdown(parts).splitlines() if "alert" in line]
    assert rows
    for row in rows:
        assert not re.search(r"(?<!\\)[<>\[\]]", row)
        assert len(re.findall(r"(?<!\\)\|", row)) == 5  # four cells


def test_the_page_holds_its_pictures_and_names_no_other_place(conversations: Conversations) -> None:
    conversations.add("a", {"text": "one", "replies": [("fees.tuition", "answered")]})
    page = as_html(sections(turns_of(conversations), [], *DAYS))
    tags = Tags()
    tags.feed(page)
    assert len(tags.sources) == 2
    assert all(base64.b64decode(source.partition(",")[2]).startswith(b"\x89PNG") for source in tags.sources)
    assert "http:" not in page
    assert "https:" not in page


def test_the_command_writes_both_forms(
    conversations: Conversations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    training = tmp_path / "nlu.yml"  # the real examples take ten seconds to compare with
    training.write_text("nlu:\n- intent: greet\n  examples: |\n    - hello\n", encoding="utf-8")
    monkeypatch.setattr(command, "TRAINING", (training,))
    days = (datetime.datetime.now(datetime.timezone.utc) - NOW).days
    conversations.add("a", {"text": "is there a pool", "replies": [("dialogue.unclear", "clarify")]}, days_ago=-days)
    assert main(["report", "--since", "4w"]) == 0
    report = capsys.readouterr().out
    assert "Messages: 1. Conversations: 1." in report
    assert "| 1 | is there a pool |" in report
    file = tmp_path / "report.html"
    assert main(["report", "--since", "4w", "--format", "html", "--output", str(file)]) == 0
    assert "<td>is there a pool</td>" in file.read_text(encoding="utf-8")
    assert main(["report", "--output", str(tmp_path / "no folder" / "report.md")]) == 1
    assert "cannot be written: No such file or directory." in capsys.readouterr().err


def test_without_messages_the_report_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    assert main(["report"]) == 0
    assert "No messages are stored from this time." in capsys.readouterr().out


class Tags(HTMLParser):
    """The names of a page's tags, and what its pictures are loaded from."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
