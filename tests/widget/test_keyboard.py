"""The widget without a mouse: where the focus is, what keys do, and what is said."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.browser import INPUT, LAUNCHER, Chat
from tests.widget.conftest import NewChat

pytestmark = pytest.mark.bot

QUESTION = "When is the last day to apply?"
MOST_STOPS = 60


def walk_to(chat: Chat, name: str, key: str = "Tab") -> list[str]:
    """Presses a key until a control has the focus; returns the controls on the way."""
    stops = []
    for _ in range(MOST_STOPS):
        chat.page.keyboard.press(key)
        stops.append(chat.focused())
        if stops[-1].startswith(name):
            return stops
    raise AssertionError(f"{name} cannot be reached; on the way were {stops}")


def test_the_chat_is_opened_used_and_closed_by_keyboard_alone(new_chat: NewChat) -> None:
    chat = new_chat()
    keyboard = chat.page.keyboard
    walk_to(chat, LAUNCHER)
    keyboard.press("Enter")
    expect(chat.panel).to_be_visible()
    assert chat.focused() == INPUT
    chat.wait_for_token()

    walk_to(chat, "Which courses are mandatory?", "Shift+Tab")
    answer = chat.answer_to(lambda: keyboard.press("Enter"))
    expect(answer.get_by_role("table").first).to_be_visible()
    assert chat.focused() == INPUT

    keyboard.type(QUESTION)
    walk_to(chat, "Send")
    answer = chat.answer_to(lambda: keyboard.press("Enter"))
    expect(answer).to_contain_text("15 January 2026")

    stops = walk_to(chat, "Clear the conversation", "Shift+Tab")
    assert {"Helpful", "Not helpful", "Conversation"} <= set(stops)
    assert any("opens in a new tab" in stop for stop in stops)
    keyboard.press("Enter")
    assert chat.focused() == "Keep"
    keyboard.press("Shift+Tab")
    assert chat.focused() == "Delete"
    keyboard.press("Enter")
    expect(chat.messages).to_have_count(0)
    assert chat.focused() == INPUT

    keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    assert chat.focused() == LAUNCHER


def test_space_opens_the_chat_as_well(new_chat: NewChat) -> None:
    chat = new_chat()
    chat.launcher.press("Space")
    expect(chat.panel).to_be_visible()
    assert chat.focused() == INPUT


def test_escape_cancels_a_question_before_it_closes_the_chat(chat: Chat) -> None:
    chat.button("Clear the conversation").press("Enter")
    chat.page.keyboard.press("Escape")
    expect(chat.button("Delete")).to_be_hidden()
    expect(chat.panel).to_be_visible()
    assert chat.focused() == "Clear the conversation"
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    assert chat.focused() == LAUNCHER


def test_every_control_shows_that_it_has_the_focus(chat: Chat) -> None:
    chat.ask("which courses are mandatory?")
    outline = """() => {
      const style = getComputedStyle(document.querySelector('programme-chat').shadowRoot.activeElement);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    }"""
    assert chat.page.evaluate(outline), "the input shows no focus"
    for _ in range(MOST_STOPS):
        chat.page.keyboard.press("Shift+Tab")
        assert chat.page.evaluate(outline), f"{chat.focused()} shows no focus"
        if chat.focused() == LAUNCHER:
            return
    raise AssertionError("the launcher cannot be reached from the chat")


def test_the_focus_stays_where_it_is_when_an_answer_arrives(chat: Chat) -> None:
    release = chat.hold(QUESTION)
    expect(chat.status).to_have_text("The assistant is writing.")
    stops = walk_to(chat, "Close the chat", "Shift+Tab")
    chat.answer_to(release)
    assert chat.focused() == stops[-1]
    expect(chat.status).to_have_text("")


def test_a_second_question_waits_for_the_first_answer_and_is_not_lost(chat: Chat) -> None:
    release = chat.hold(QUESTION)
    chat.write("which courses are mandatory?")
    expect(chat.status).to_have_text("Please wait for the answer first.")
    expect(chat.input).to_have_value("which courses are mandatory?")
    expect(chat.users).to_have_text([QUESTION])
    chat.answer_to(release)
    chat.answer_to(lambda: chat.input.press("Enter"))
    expect(chat.users).to_have_count(2)


def test_enter_sends_and_shift_enter_starts_a_new_line(chat: Chat) -> None:
    chat.input.press_sequentially("When is the last day")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("to apply?")
    expect(chat.input).to_have_value("When is the last day\nto apply?")
    expect(chat.users).to_have_count(0)
    answer = chat.answer_to(lambda: chat.input.press("Enter"))
    expect(answer).to_contain_text("15 January 2026")
    expect(chat.input).to_have_value("")
    assert chat.users.text_content() == "When is the last day\nto apply?"


@pytest.mark.parametrize("nothing", ["", "   ", "\n\n"])
def test_nothing_is_not_sent(chat: Chat, nothing: str) -> None:
    chat.write(nothing)
    expect(chat.button("Send")).to_have_attribute("aria-disabled", "true")
    expect(chat.users).to_have_count(0)


def test_the_counter_shows_near_the_limit_and_says_what_is_too_much(chat: Chat) -> None:
    count = chat.panel.locator("#count")
    chat.input.fill("x" * 399)
    expect(count).to_be_hidden()
    chat.input.fill("x" * 400)
    expect(count).to_have_text("400 of 500 characters")
    expect(chat.status).to_have_text("You are close to the limit of 500 characters.")
    chat.input.fill("x" * 502)
    expect(count).to_have_text("2 characters too many")
    chat.input.fill("x" * 501)
    expect(count).to_have_text("1 character too many")
    expect(chat.input).to_have_attribute("aria-invalid", "true")
    expect(chat.button("Send")).to_have_attribute("aria-disabled", "true")
    chat.input.press("Enter")
    expect(chat.users).to_have_count(0)
    expect(chat.input).to_have_value("x" * 501)


def test_a_message_of_as_many_characters_as_allowed_is_answered(chat: Chat) -> None:
    longest = "😀" * 500  # characters as people count them, not as JavaScript does
    chat.input.fill(longest)
    expect(chat.panel.locator("#count")).to_have_text("500 of 500 characters")
    chat.ask(longest)
    expect(chat.users).to_have_text([longest])


def test_on_a_phone_tab_stays_in_the_chat_that_covers_the_page(new_chat: NewChat) -> None:
    chat = new_chat(viewport={"width": 390, "height": 844}).open()
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    stops = walk_to(chat, INPUT)
    assert "Clear the conversation" in stops
    assert not any(stop in stops for stop in (LAUNCHER, "Programme", "Skip to the content"))
