"""A browser, and a bot whose limits are high enough for tests, shared by the tests of the widget."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import OPEN
from tests.left_out import leave_out
from tests.trained import Bot, running_bot
from tests.widget.browser import ADVICE, REQUIRE_VARIABLE, TIMEOUT, Chat, find_chromium

NewChat = Callable[..., Chat]


# Of the package and not of the session: while Playwright runs, other tests cannot use asyncio.run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            leave_out("the widget was", advice=ADVICE, variable=REQUIRE_VARIABLE)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=2 * TIMEOUT)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def bot(browser: Browser) -> Iterator[Bot]:
    limits = {"WEB_MESSAGES_PER_MINUTE_SESSION": "1000", "WEB_REQUESTS_PER_MINUTE_ADDRESS": "10000"}
    with running_bot(today=OPEN.isoformat(), **limits) as running:
        yield running


@pytest.fixture(scope="package")
def server(bot: Bot) -> str:
    """Address of the web channel."""
    return f"http://127.0.0.1:{bot.port}/webhooks/web"


@pytest.fixture
def new_chat(browser: Browser, bot: Bot, server: str) -> Iterator[NewChat]:
    """Opens the demo page in a browser context of its own."""
    chats: list[Chat] = []

    def new(address: str = "", **options: Any) -> Chat:
        chat = Chat(browser, address or bot.page, server, **options)
        chats.append(chat)
        return chat.goto()

    yield new
    for chat in chats:
        chat.close()


@pytest.fixture
def chat(new_chat: NewChat) -> Chat:
    """An open chat."""
    return new_chat().open()
