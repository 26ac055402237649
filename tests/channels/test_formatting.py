"""Messages are brought into the forms that services take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme_chatbot.channels.formatting import choices, chosen, length, mrkdwn, numbered, pieces, shortened

FEES, DATES = {"title": "Fees", "payload": "topic:fees"}, {"title": "Dates?", "payload": "topic:dates"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("short", ["short"]),
        ("  ", []),
        ("one two\n\nthree four\n\nfive", ["one two", "three four\n\nfive"]),
        ("one two three\nfour five six", ["one two three", "four five six"]),
        ("one\ntwo three four five", ["one\ntwo three four", "five"]),
        ("One two. Three four five six.", ["One two.", "Three four five six."]),
        ("one two three four five", ["one two three four", "five"]),
        ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
    ],
)
def test_a_long_text_is_split_where_it_hurts_least(text: str, parts: list[str]) -> None:
    assert pieces(text, 20) == parts


@given(st.text(max_size=200), st.integers(2, 40))
def test_pieces_are_short_enough_and_lose_nothing_but_space(text: str, most: int) -> None:
    parts = pieces(text, most)
    assert all(part and length(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_character_outside_the_basic_plane_counts_twice_and_is_not_cut() -> None:
    assert length("a😀") == 3
    assert pieces("😀" * 5, 3) == ["😀"] * 5


def test_a_title_is_cut_to_what_fits() -> None:
    assert shortened("Fees", 20) == "Fees"
    assert shortened("Late or second admission round", 20) == "Late or second admi…"
    assert len(shortened("x" * 99, 20)) == 20


def test_the_choices_are_those_of_the_latest_turn_each_once() -> None:
    conversation = [
        {"author": "bot", "buttons": [DATES]},
        {"author": "user"},
        {"author": "bot", "buttons": [FEES]},
        {"author": "bot", "buttons": [DATES, FEES]},
    ]
    assert choices(conversation) == [FEES, DATES]
    assert choices([*conversation, {"author": "user"}]) == []


def test_choices_are_numbered() -> None:
    assert numbered([FEES, DATES]) == "To choose, reply with a number:\n1. Fees\n2. Dates?"
    assert numbered([]) == ""


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        *(("1", "topic:fees"), ("2.", "topic:dates"), ("(2)", "topic:dates"), ("2)", "topic:dates")),
        *(("dates", "topic:dates"), (" FEES! ", "topic:fees"), ("0", ""), ("3", ""), ("", ""), ("?", "")),
        *(("12345", ""), ("the fees", ""), ("²", ""), ("topic:fees", "")),
    ],
)
def test_a_choice_is_made_by_number_or_title(text: str, payload: str) -> None:
    assert chosen(text, [FEES, DATES]) == payload


def test_slack_gets_its_characters_as_text_and_sources_as_links() -> None:
    sources = [{"title": "Fees & costs, KTH", "url": "https://www.example.org/a?b=1&c=2|3"}]
    text = "Ask <!channel> if 1 < 2.\nSource: Fees & costs, KTH, https://www.example.org/a?b=1&c=2|3"
    assert mrkdwn(text, sources) == (
        "Ask &lt;!channel&gt; if 1 &lt; 2.\nSource: <https://www.example.org/a?b=1&amp;c=2%7C3|Fees &amp; costs, KTH>"
    )
