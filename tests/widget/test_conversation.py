"""Conversations in the widget: asking, cards, histories, and keeping them apart."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
import requests
from playwright.sync_api import Locator, expect

from programme_chatbot.demo_server import serving_demo
from programme_chatbot.launcher import free_port
from tests.widget.browser import Chat
from tests.widget.conftest import NewChat

pytestmark = pytest.mark.bot

MANY_SOURCES = "which courses are mandatory?"
# Which of them is unclear is up to the trained model and to what was asked before.
UNCLEAR_AT_FIRST = ("in it", "people", "one two")
UNCLEAR_LATER = ("for me", "one two", "in it")


def unclear_answer(chat: Chat, tries: tuple[str, ...] = UNCLEAR_LATER) -> Locator:
    for words in tries:
        answer = chat.ask(words)
        if answer.get_by_role("button", name="Something else").count():
            return answer
    raise AssertionError("nothing was unclear to the bot")


def test_loading_the_page_asks_the_chat_server_for_nothing(new_chat: NewChat) -> None:
    chat = new_chat()
    chat.page.wait_for_load_state("networkidle")
    assert chat.calls() == []
    expect(chat.panel).to_be_hidden()
    chat.open()
    assert ("POST", "/session") in chat.calls()


def test_no_request_leaves_this_machine(chat: Chat) -> None:
    chat.ask("When is the last day to apply?")
    chat.button("Helpful").click()
    expect(chat.status).to_have_text("Thank you for the feedback.")
    hosts = {re.sub(r"^https?://([^/:]+).*", r"\1", url) for _, url in chat.requests}
    assert hosts == {"127.0.0.1"}


def test_a_click_opens_and_closes_the_chat(new_chat: NewChat) -> None:
    chat = new_chat()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    chat.launcher.click()
    expect(chat.page.get_by_role("dialog", name="MSc Machine Learning")).to_be_visible()
    expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    chat.button("Close the chat").click()
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")


def test_the_greeting_tells_of_an_automated_assistant_and_of_privacy(chat: Chat) -> None:
    expect(chat.log).to_contain_text("I am an automated assistant and I can be wrong.")
    expect(chat.log).to_contain_text("Please leave out personal data.")
    link = chat.log.get_by_role("link", name="How your messages are handled")
    expect(link).to_have_attribute("href", f"{chat.address}#privacy")
    expect(chat.panel.get_by_role("heading")).to_have_text("MSc Machine Learning")


def test_the_first_answer_comes_with_the_notice_and_the_second_does_not(chat: Chat) -> None:
    chat.ask("When is the last day to apply?")
    expect(chat.answers).to_have_count(2)
    expect(chat.answers.first).to_contain_text("automated assistant, not a person")
    chat.ask("Which courses are mandatory?")
    expect(chat.answers).to_have_count(3)


def test_an_answer_links_its_source(chat: Chat) -> None:
    answer = chat.ask("When is the last day to apply?")
    expect(answer.locator(".text")).to_contain_text("15 January 2026")
    source = answer.get_by_role("list", name="Sources").get_by_role("link")
    expect(source).to_have_count(1)
    expect(source).to_have_attribute("href", re.compile(r"^https://"))
    expect(source).to_have_attribute("rel", re.compile(r"\bnoopener\b"))
    expect(source).to_have_attribute("target", "_blank")
    expect(source).to_contain_text("(opens in a new tab)")


def test_sources_are_shown_as_links_and_not_once_more_as_text(chat: Chat) -> None:
    answer = chat.ask(MANY_SOURCES)
    assert answer.get_by_role("list", name="Sources").get_by_role("link").count() > 1
    expect(answer.locator(".text")).not_to_contain_text("https://")
    expect(answer.locator(".text")).not_to_contain_text("Source:")


def test_a_suggested_question_is_asked_by_a_click(chat: Chat) -> None:
    suggestions = chat.log.get_by_role("group", name="Suggested questions").get_by_role("button")
    question = suggestions.first.inner_text()
    answer = chat.answer_to(suggestions.first.click)
    expect(chat.users).to_have_text([question])
    expect(answer).to_contain_text("15 January 2026")
    expect(suggestions).to_have_count(0)  # hidden


def test_a_button_of_the_greeting_is_followed_by_its_title(chat: Chat) -> None:
    replies = chat.ask("hello").get_by_role("group", name="Suggested replies").get_by_role("button")
    expect(replies).to_have_count(3)
    title = replies.first.inner_text()
    answer = chat.answer_to(replies.first.click)
    expect(chat.users.last).to_have_text(title)
    expect(chat.log.get_by_role("group", name="Suggested replies")).to_have_count(0)
    expect(answer.get_by_role("list", name="Sources")).to_be_visible()


def test_a_button_of_an_unclear_message_is_followed_and_its_title_stays_in_the_history(chat: Chat) -> None:
    choice = (
        unclear_answer(chat, UNCLEAR_AT_FIRST)
        .get_by_role("group", name="Suggested replies")
        .get_by_role("button")
        .first
    )
    title = choice.inner_text()
    answer = chat.answer_to(choice.click)
    expect(chat.users.last).to_have_text(title)
    expect(answer.get_by_role("list", name="Sources")).to_be_visible()
    chat.page.reload()
    chat.open()
    expect(chat.users.last).to_have_text(title)


def test_application_dates_come_as_a_timeline_beside_the_text(chat: Chat) -> None:
    answer = chat.ask("show me all application dates")
    expect(answer.locator(".text")).to_contain_text("15 January 2026")
    steps = answer.locator(".card ol.tl > li")
    dates = ["2025-10-16", "2026-01-15", "2026-02-02", "2026-03-26"]
    assert [step.locator("time").get_attribute("datetime") for step in steps.all()] == dates
    # The states are told in words, not by colour alone.
    expect(steps.locator(".tag")).to_have_text(["Passed", "Next", "Later", "Later"])
    expect(steps.nth(1)).to_contain_text("15 January 2026")
    expect(steps.nth(1)).to_contain_text("45 days left")
    expect(steps.nth(1)).to_contain_text("last day to apply", ignore_case=True)
    expect(steps.nth(0)).not_to_contain_text("left")


def test_mandatory_courses_come_as_a_table_beside_the_text(chat: Chat) -> None:
    answer = chat.ask("which courses are mandatory?")
    expect(answer.locator(".text")).to_contain_text("DD2380 Artificial Intelligence")
    table = answer.locator(".card").get_by_role("table").first
    assert table.get_by_role("columnheader").all_text_contents() == ["Code", "Course", "Credits"]
    row = table.get_by_role("row").filter(has_text="DD2380")
    expect(row.get_by_role("rowheader")).to_have_text("DD2380")
    expect(row.get_by_role("cell")).to_have_text(["Artificial Intelligence", "6"])


def test_companies_come_as_a_list_beside_the_text(chat: Chat) -> None:
    answer = chat.ask("what companies hire graduates?")
    names = answer.locator(".card").get_by_role("listitem").all_text_contents()
    assert "Google" in names
    text = answer.locator(".text").inner_text()
    assert all(name in text for name in names)


def test_a_group_of_courses_can_be_folded_by_keyboard(chat: Chat) -> None:
    answer = chat.ask("which courses are mandatory?")
    group = answer.locator("details").first
    expect(group.locator("table")).to_be_visible()
    group.locator("summary").press("Enter")
    expect(group.locator("table")).to_be_hidden()


def test_feedback_is_kept_and_can_be_taken_back(chat: Chat) -> None:
    chat.ask("When is the last day to apply?")
    helpful = chat.button("Helpful")
    helpful.click()
    expect(chat.status).to_have_text("Thank you for the feedback.")
    chat.page.reload()
    chat.open()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    helpful.click()
    expect(chat.status).to_have_text("Feedback removed.")
    expect(helpful).to_have_attribute("aria-pressed", "false")


def test_reloading_the_page_keeps_the_conversation(chat: Chat) -> None:
    chat.ask("show me all application dates")
    chat.ask("which courses are mandatory?")
    texts, token = chat.texts(), chat.token()
    chat.page.reload()
    chat.open()
    expect(chat.messages).to_have_count(len(texts))
    assert chat.texts() == texts
    assert chat.token() == token
    expect(chat.log.locator(".card")).to_have_count(2)


def test_closing_and_opening_keeps_the_conversation_without_asking_for_it(chat: Chat) -> None:
    chat.ask("When is the last day to apply?")
    texts, calls = chat.texts(), chat.calls()
    chat.button("Close the chat").click()
    chat.launcher.click()
    assert chat.texts() == texts
    assert chat.calls() == calls


def test_clearing_forgets_the_conversation_also_on_the_server(chat: Chat, server: str) -> None:
    chat.ask("When is the last day to apply?")
    token = chat.token()
    assert token is not None
    headers = {"Authorization": f"Bearer {token}"}
    assert len(requests.get(f"{server}/history", headers=headers, timeout=30).json()["messages"]) == 3
    chat.button("Clear the conversation").click()
    chat.button("Delete").click()
    expect(chat.status).to_have_text("The conversation is deleted.")
    expect(chat.messages).to_have_count(0)
    expect(chat.log.get_by_role("group", name="Suggested questions")).to_be_visible()
    assert requests.get(f"{server}/history", headers=headers, timeout=30).status_code == HTTPStatus.UNAUTHORIZED
    chat.wait_for_token(other_than=token)
    chat.page.reload()
    chat.open()
    expect(chat.log).not_to_have_attribute("aria-busy", "true")
    expect(chat.messages).to_have_count(0)
    chat.ask("When is the last day to apply?")


def test_a_conversation_is_kept_when_clearing_it_is_not_confirmed(chat: Chat) -> None:
    chat.ask("When is the last day to apply?")
    texts = chat.texts()
    chat.button("Clear the conversation").click()
    expect(chat.panel).to_contain_text("Delete this conversation? This cannot be undone.")
    chat.button("Keep").click()
    expect(chat.button("Delete")).to_be_hidden()
    assert chat.texts() == texts
    assert "DELETE" not in {method for method, _ in chat.calls()}


def test_two_visitors_never_see_each_others_conversation(new_chat: NewChat) -> None:
    one, other = new_chat().open(), new_chat().open()
    one.ask("When is the last day to apply?")
    other.ask("what companies hire graduates?")
    assert one.token() != other.token()
    for chat, own, foreign in ((one, "last day", "companies"), (other, "companies", "last day")):
        chat.page.reload()
        chat.open()
        expect(chat.users).to_have_count(1)
        assert own in chat.users.inner_text()
        assert foreign not in chat.users.inner_text()


def test_a_page_of_a_foreign_origin_is_refused(new_chat: NewChat, server: str) -> None:
    with serving_demo(free_port(), server) as foreign:
        chat = new_chat(address=foreign)
        chat.launcher.click()
        expect(chat.panel).to_contain_text("The chat cannot be reached right now.")
        chat.write("When is the last day to apply?")
        expect(chat.failure).to_contain_text("Not sent.")
        expect(chat.answers).to_have_count(0)
        assert chat.token() is None


def test_the_page_logs_nothing_while_all_is_well(chat: Chat) -> None:
    chat.ask("show me all application dates")
    chat.ask("which courses are mandatory?")
    chat.button("Clear the conversation").click()
    chat.button("Delete").click()
    expect(chat.messages).to_have_count(0)
    assert chat.logged == []
