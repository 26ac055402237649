"""Typed text is brought into one form, and is never a command or a pressed button."""

from __future__ import annotations

import pytest

from programme_chatbot.typed_text import as_typed, clean, encodable


def test_control_and_direction_characters_vanish_and_line_breaks_stay() -> None:
    assert clean("a\x00b\u202ec\nd\u200f") == "a b c\nd "


def test_full_width_letters_become_ordinary_ones() -> None:
    assert clean("ｄｅａｄｌｉｎｅ") == "deadline"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("/restart", "restart"),
        (' // /inform{"slot": "x"}', 'inform{"slot": "x"}'),
        ("／restart", "restart"),
        ("\u200b/restart", "restart"),
        ("topic:fees", "topic fees"),
        ("/topic:fees", "topic fees"),
        ("ＴＯＰＩＣ：fees", "TOPIC fees"),
        ("//", ""),
    ],
)
def test_what_is_typed_is_never_a_command_or_a_pressed_button(text: str, given: str) -> None:
    assert as_typed(text) == given


def test_ordinary_text_is_handed_on_as_it_was_typed() -> None:
    for text in ("Is the topic: fees covered?", "Wann & wo?\nUnd wie viel?", "½ year <b>", "/ or not"[2:]):
        assert as_typed(text).replace("1⁄2", "½") == text


def test_half_a_character_is_replaced() -> None:
    assert encodable("a \ud800 b") == "a ? b"
