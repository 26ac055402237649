"""The widget when something is in the way: no connection, no session, too many messages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.browser import Chat
from tests.widget.conftest import NewChat

pytestmark = pytest.mark.bot

QUESTION = "When is the last day to apply?"
ANSWER = "15 January 2026"


def test_a_message_that_cannot_be_sent_is_sent_by_retry(chat: Chat) -> None:
    chat.page.route(f"{chat.server}/**", lambda route: route.abort())
    chat.write(QUESTION)
    expect(chat.failure).to_contain_text("Not sent. There is no connection to the chat.")
    expect(chat.users).to_have_text([QUESTION])
    chat.retry.click()  # still down
    expect(chat.failure).to_have_count(1)
    expect(chat.failure).to_contain_text("Not sent.")
    chat.page.unroute(f"{chat.server}/**")
    answer = chat.answer_to(chat.retry.click)
    expect(answer).to_contain_text(ANSWER)
    expect(chat.users).to_have_text([QUESTION])


def test_a_server_that_is_away_from_the_start_is_told_and_found_once_it_is_back(new_chat: NewChat) -> None:
    chat = new_chat()
    chat.page.route(f"{chat.server}/**", lambda route: route.abort())
    chat.launcher.click()
    notice = chat.panel.get_by_text("The chat cannot be reached right now.").first  # the second is for screen readers
    expect(notice).to_be_visible()
    expect(chat.panel.get_by_role("link", name="Go to the programme page")).to_be_visible()
    chat.page.unroute(f"{chat.server}/**")
    expect(chat.ask(QUESTION)).to_contain_text(ANSWER)
    expect(notice).to_be_hidden()


def test_being_offline_is_told_until_it_is_over(chat: Chat) -> None:
    chat.context.set_offline(True)
    notice = chat.panel.get_by_text("You are offline. Messages cannot be sent.").first
    expect(notice).to_be_visible()
    chat.write(QUESTION)
    expect(chat.failure).to_contain_text("Not sent.")
    chat.context.set_offline(False)
    expect(notice).to_be_hidden()
    expect(chat.answer_to(chat.retry.click)).to_contain_text(ANSWER)


def test_too_many_messages_wait_for_as_long_as_the_server_says(new_chat: NewChat) -> None:
    chat = new_chat()
    chat.page.clock.install()
    chat.page.reload()
    chat.open()
    chat.refuse_once("/messages", 429, "too_many", Retry_After="300")
    chat.write(QUESTION)
    expect(chat.failure).to_contain_text("Not sent. Too many messages. Please wait 300 seconds, then try again.")
    expect(chat.retry).to_have_attribute("aria-disabled", "true")
    sent = chat.calls()
    chat.retry.click(force=True)
    assert chat.calls() == sent
    chat.page.clock.fast_forward(301_000)
    expect(chat.failure).to_contain_text("You can try again now.")
    expect(chat.answer_to(chat.retry.click)).to_contain_text(ANSWER)


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (503, "unavailable", "The assistant is not available right now."),
        (504, "timeout", "The answer took too long."),
        (403, "origin", "The chat is not available on this page."),
        (429, "too_many", "Please wait a moment, then try again."),
    ],
)
def test_errors_of_the_server_are_told_in_words_and_can_be_retried(
    chat: Chat, status: int, code: str, sentence: str
) -> None:
    chat.refuse_once("/messages", status, code)
    chat.write(QUESTION)
    expect(chat.failure).to_contain_text(sentence)
    expect(chat.answer_to(chat.retry.click)).to_contain_text(ANSWER)


def test_a_session_that_ends_in_the_middle_is_renewed_silently(chat: Chat) -> None:
    chat.ask("hello")
    token = chat.token()
    chat.refuse_once("/messages", 401, "expired_session")
    expect(chat.ask(QUESTION)).to_contain_text(ANSWER)
    assert chat.token() != token
    assert chat.calls().count(("POST", "/session")) == 2
    expect(chat.users).to_have_text(["hello", QUESTION])


def test_a_forged_token_is_replaced_by_a_session_of_its_own(new_chat: NewChat) -> None:
    chat = new_chat()
    chat.set_token("eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSJ9.")
    chat.launcher.click()
    chat.wait_for_token(other_than="eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSJ9.")
    expect(chat.ask(QUESTION)).to_contain_text(ANSWER)


def test_a_button_of_an_ended_session_is_asked_in_words(chat: Chat) -> None:
    choice = chat.ask("hello").get_by_role("group", name="Suggested replies").get_by_role("button").first
    chat.refuse_once("/messages", 401, "expired_session")
    expect(chat.answer_to(choice.click)).to_contain_text(ANSWER)


def test_a_conversation_that_cannot_be_deleted_stays_and_this_is_told(chat: Chat) -> None:
    chat.ask(QUESTION)
    texts = chat.texts()
    chat.page.route(f"{chat.server}/session", lambda route: route.abort())
    chat.button("Clear the conversation").click()
    chat.button("Delete").click()
    expect(chat.panel.get_by_text("The conversation could not be deleted. Please try again.").first).to_be_visible()
    assert chat.texts() == texts
    chat.page.unroute(f"{chat.server}/session")
    chat.button("Clear the conversation").click()
    chat.button("Delete").click()
    expect(chat.messages).to_have_count(0)


def test_what_the_server_can_never_take_offers_no_retry(chat: Chat) -> None:
    chat.write("\u200b\u200b")  # invisible characters: nothing is left of them on the server
    expect(chat.failure).to_contain_text("Not sent.")
    expect(chat.retry).to_have_count(0)
    expect(chat.ask(QUESTION)).to_contain_text(ANSWER)
