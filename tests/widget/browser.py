"""The chat widget in a browser: where the browser is, and the chat as its users see and work it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Locator, Page, Route, expect

TIMEOUT = 30_000  # milliseconds; generous, as the machine may be busy
ADVICE = "no browser found: apt-get install chromium or set CHROMIUM to the path of one"
BROWSER_VARIABLE = "CHROMIUM"
REQUIRE_VARIABLE = "REQUIRE_BROWSER"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LAUNCHER, INPUT = "Ask about the programme", "Your question"

_COMMANDS = ("chromium", "chromium-browser", "google-chrome")
_FOCUSED = """() => {
  let node = document.activeElement;
  while (node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
  const label = node.labels && node.labels[0] && node.labels[0].textContent;
  return label || node.getAttribute('aria-label') || node.textContent.trim();
}"""
_TOO_WIDE = """() => {
  const wide = [];
  const root = document.querySelector('programme-chat').shadowRoot;
  for (const node of [document.documentElement, ...root.querySelectorAll('.panel, .panel *:not(.vh, svg, svg *)')]) {
    if (!node.getClientRects().length || node.closest('.vh')) continue;
    const { left, right } = node.getBoundingClientRect();
    const scrolls = node.scrollWidth > node.clientWidth && getComputedStyle(node).display !== 'inline'
      && getComputedStyle(node).overflowX !== 'visible';
    const outside = left < -0.5 || right > document.documentElement.clientWidth + 0.5;
    if (scrolls || outside) wide.push(node.outerHTML.slice(0, 120));
  }
  return wide;
}"""


def find_chromium(own: str) -> str | None:
    """Returns the path of a Chromium: that of the environment variable, of PATH, or Playwright's `own`.

    A wrong path in the environment variable counts as none: it must not lead to another browser unnoticed.
    """
    if configured := os.environ.get(BROWSER_VARIABLE):
        return shutil.which(configured)
    found = [path for path in map(shutil.which, _COMMANDS) if path]
    return found[0] if found else shutil.which(own)


class Chat:
    """A tab with the demo page, watched for what must never happen.

    Args:
        browser: the browser.
        address: address of the page.
        server: address of the web channel.
        options: of the browser context: size, colour scheme and so on.
    """

    def __init__(self, browser: Browser, address: str, server: str, **options: Any) -> None:
        self.address = address
        self.server = server
        self.context: BrowserContext = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        self.context.set_default_timeout(TIMEOUT)
        self.requests: list[tuple[str, str]] = []
        self.logged: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", lambda request: self.requests.append((request.method, request.url)))
        self.page = self._watched(self.context.new_page())

        self.launcher = self.page.locator("programme-chat .launcher")
        self.panel = self.page.locator("programme-chat .panel")
        self.log = self.page.get_by_role("log")
        self.input = self.page.get_by_role("textbox", name=INPUT)
        self.messages = self.log.locator("ol > .item")
        self.users = self.log.locator(".item.user .plain")
        self.answers = self.log.locator(".item:not(.user)")
        self.answer = self.answers.last
        self.failure = self.log.locator(".fail")
        self.retry = self.button("Retry")
        self.status = self.page.locator("programme-chat [role=status]")

    def goto(self) -> Chat:
        """Opens the page; the chat is closed."""
        self.page.goto(self.address)
        expect(self.launcher).to_be_visible()
        return self

    def open(self) -> Chat:
        """Opens the chat and waits for its session."""
        self.launcher.click()
        expect(self.panel).to_be_visible()
        self.wait_for_token()
        return self

    def ask(self, text: str) -> Locator:
        """Asks a question; returns the answer to it."""
        return self.answer_to(lambda: self.write(text))

    def write(self, text: str) -> None:
        """Sends a message without waiting for its answer."""
        self.input.fill(text)
        self.input.press("Enter")

    def answer_to(self, act: Callable[[], object]) -> Locator:
        """Does what sends a message; returns the answer to it once it is complete."""
        before, failures = self.answers.count(), self.failure.count()
        act()
        # The first answer of a conversation comes with the notice before it, both in one go.
        expect(self.answers.nth(before)).to_be_visible()
        expect(self.answers.last.locator(".meta time")).to_be_attached()
        assert self.failure.count() <= failures
        return self.answers.last

    def button(self, name: str) -> Locator:
        """Returns the button of a name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def texts(self) -> list[str]:
        """Returns the texts of all messages, without times and tools."""
        texts: list[str] = self.messages.locator(".box").all_text_contents()
        return texts

    def token(self) -> str | None:
        """Returns the token of the conversation."""
        token: str | None = self.page.evaluate("key => sessionStorage.getItem(key)", self._key)
        return token

    def wait_for_token(self, other_than: str | None = None) -> str:
        """Waits until there is a conversation, or another one; returns its token."""
        check = "([key, old]) => { const token = sessionStorage.getItem(key); return token !== old && token }"
        token: str = self.page.wait_for_function(check, arg=[self._key, other_than]).json_value()
        return token

    def set_token(self, token: str) -> None:
        """Stores a token as if it was that of the conversation."""
        self.page.evaluate("([key, token]) => sessionStorage.setItem(key, token)", [self._key, token])

    def focused(self) -> str:
        """Returns the name of the control that has the focus."""
        name: str = self.page.evaluate(_FOCUSED)
        return name

    def too_wide(self) -> list[str]:
        """Returns what of the page must be scrolled sideways to be read."""
        wide: list[str] = self.page.evaluate(_TOO_WIDE)
        return wide

    def violations(self, *, without: str = "") -> list[str]:
        """Returns what axe finds to be inaccessible in the present state of the page, but for one rule."""
        options: dict[str, Any] = {"runOnly": {"type": "tag", "values": WCAG}}
        if without:
            options["rules"] = {without: {"enabled": False}}
        found = Axe().run(self.page, options=options).response
        assert "programme-chat" in str([rule["nodes"] for rule in found["passes"]]), "axe has not seen the widget"
        return [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def hold(self, text: str) -> Callable[[], None]:
        """Sends a message whose answer does not come until the returned function is called."""
        held: list[Route] = []
        self.page.route(f"{self.server}/messages", lambda route: held.append(route), times=1)
        with self.page.expect_request(f"{self.server}/messages"):
            self.write(text)
        expect(self.log.locator(".dots")).to_be_visible()
        return lambda: held[0].continue_()

    def refuse_once(self, path: str, status: int, code: str, **headers: str) -> None:
        """Has the next request to a path of the web channel answered with an error."""

        def answer(route: Route) -> None:
            route.fulfill(
                status=status,
                json={"error": {"code": code, "message": "No."}},
                headers={
                    "Access-Control-Allow-Origin": self.address.rstrip("/"),
                    "Access-Control-Expose-Headers": "Retry-After",
                    **{name.replace("_", "-"): value for name, value in headers.items()},
                },
            )

        self.page.route(self.server + path, answer, times=1)

    def calls(self) -> list[tuple[str, str]]:
        """Returns method and path of the requests to the web channel."""
        return [(method, url.removeprefix(self.server)) for method, url in self.requests if url.startswith(self.server)]

    def check(self) -> None:
        """Checks that nothing happened which must never happen."""
        assert not self.dialogs
        assert not self.errors
        assert [entry for entry in self.logged if "Content Security Policy" in entry] == []
        assert {urlsplit(url).hostname for _, url in self.requests} <= {"127.0.0.1"}

    def close(self) -> None:
        """Closes the tab after a last check."""
        try:
            self.check()
        finally:
            self.context.close()

    @property
    def _key(self) -> str:
        return f"programme-chat:{self.server}"

    def _watched(self, page: Page) -> Page:
        page.on("console", self._note_console)
        page.on("dialog", self._note_dialog)
        page.on("pageerror", self._note_error)
        return page

    def _note_console(self, message: ConsoleMessage) -> None:
        self.logged.append(message.text)

    def _note_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _note_error(self, error: Error) -> None:
        self.errors.append(str(error))
