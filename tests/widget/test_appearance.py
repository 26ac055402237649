"""The widget on all screens and for all eyes: sizes, zoom, colours, contrast, motion, and what axe finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.browser import Chat
from tests.widget.conftest import NewChat
from tests.widget.test_conversation import unclear_answer

pytestmark = pytest.mark.bot

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
CARDS = ("show me all application dates", "which courses are mandatory?", "what companies hire graduates?")
HELD = "When is the last day to apply?"
_MOVING = """() => [...document.querySelector('programme-chat').shadowRoot.querySelectorAll('*')]
  .filter(node => getComputedStyle(node).animationName !== 'none' || getComputedStyle(node).scrollBehavior === 'smooth')
  .map(node => node.getAttribute('class') || node.tagName)"""


def fail_to_send(chat: Chat) -> None:
    chat.context.set_offline(True)
    chat.write(HELD)
    expect(chat.failure).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(new_chat: NewChat, size: dict[str, int], scheme: str) -> None:
    # Without motion, as colours are measured and must not be on their way.
    chat = new_chat(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    found = {"closed": chat.violations()}
    chat.open()
    found["open"] = chat.violations()
    for question in CARDS:
        expect(chat.ask(question).locator(".card")).to_be_visible()
        found[question] = chat.violations()
    unclear_answer(chat)
    found["unclear"] = chat.violations()
    release = chat.hold(HELD)
    found["waiting"] = chat.violations()
    chat.answer_to(release)
    chat.button("Helpful").last.click()
    expect(chat.status).to_have_text("Thank you for the feedback.")
    chat.button("Clear the conversation").click()
    found["confirm"] = chat.violations()
    chat.button("Keep").click()
    chat.input.fill("x" * 501)
    found["too long"] = chat.violations()
    fail_to_send(chat)
    found["error"] = chat.violations()
    assert {state: violations for state, violations in found.items() if violations} == {}


@pytest.mark.parametrize("accent", ["#ffd54a", "#ffffff", "#000000", "crimson", "rgb(120 120 120)", "no colour"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_of_the_page_stays_readable(new_chat: NewChat, accent: str, scheme: str) -> None:
    chat = new_chat(color_scheme=scheme, reduced_motion="reduce")
    chat.page.locator("programme-chat").evaluate("(chat, accent) => chat.setAttribute('accent', accent)", accent)
    chat.open()
    chat.ask(CARDS[0])
    assert chat.violations() == []


def test_the_dark_scheme_is_dark_and_the_light_one_is_light(new_chat: NewChat) -> None:
    lightness = """node => getComputedStyle(node).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)
      .reduce((sum, part) => sum + part) / 3"""
    for scheme, dark in (("light", False), ("dark", True)):
        chat = new_chat(color_scheme=scheme).open()
        assert (chat.panel.evaluate(lightness) < 60) is dark
        assert (chat.input.evaluate(lightness) < 60) is dark


@pytest.mark.parametrize(
    "size",
    [{"width": 320, "height": 568}, {"width": 320, "height": 256}, {"width": 844, "height": 390}, PHONE, DESKTOP],
    ids=["320 pixels", "zoom of 400 percent", "phone on its side", "phone", "desktop"],
)
def test_nothing_must_be_scrolled_sideways(new_chat: NewChat, size: dict[str, int]) -> None:
    chat = new_chat(viewport=size)
    assert chat.too_wide() == []
    chat.open()
    assert chat.too_wide() == []
    for question in (*CARDS, "w" * 300):
        chat.ask(question)
        assert chat.too_wide() == [], question
    unclear_answer(chat)
    chat.button("Clear the conversation").click()
    assert chat.too_wide() == []
    chat.button("Keep").click()
    fail_to_send(chat)
    assert chat.too_wide() == []


def test_with_a_zoom_of_400_percent_a_question_can_be_typed_and_its_answer_read(new_chat: NewChat) -> None:
    chat = new_chat(viewport={"width": 320, "height": 256}).open()
    expect(chat.input).to_be_in_viewport()
    answer = chat.ask("When is the last day to apply?")
    expect(answer.locator(".text")).to_be_in_viewport()
    expect(chat.input).to_be_in_viewport()
    answer.get_by_role("list", name="Sources").scroll_into_view_if_needed()
    chat.button("Close the chat").click()
    expect(chat.launcher).to_be_in_viewport()


def test_wider_spacing_of_text_cuts_nothing_off(new_chat: NewChat) -> None:
    chat = new_chat().open()
    chat.ask(CARDS[1])
    # As WCAG 1.4.12 asks for.
    chat.page.locator("programme-chat").evaluate(
        """chat => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}'
            + 'p{margin-bottom:2em!important}');
          chat.shadowRoot.adoptedStyleSheets = [...chat.shadowRoot.adoptedStyleSheets, sheet];
        }"""
    )
    assert chat.too_wide() == []


def test_buttons_are_large_enough_for_fingers(new_chat: NewChat) -> None:
    chat = new_chat(viewport=PHONE, has_touch=True, is_mobile=True)
    chat.launcher.tap()
    chat.wait_for_token()
    for question in ("hello", CARDS[1]):
        chat.ask(question)
        boxes = [button.bounding_box() for button in chat.panel.get_by_role("button").all()]
        assert boxes
        assert all(box is not None and min(box["width"], box["height"]) >= 24 for box in boxes)


def test_nothing_moves_for_those_who_asked_for_less_motion(new_chat: NewChat) -> None:
    chat = new_chat(reduced_motion="reduce").open()
    release = chat.hold(HELD)
    assert chat.page.evaluate(_MOVING) == []
    chat.answer_to(release)
    assert chat.page.evaluate(_MOVING) == []


def test_it_moves_for_those_who_did_not(new_chat: NewChat) -> None:
    chat = new_chat(reduced_motion="no-preference").open()
    release = chat.hold(HELD)
    assert {"panel", "log"} <= set(chat.page.evaluate(_MOVING))
    chat.answer_to(release)


def test_forced_colours_keep_borders_states_and_focus(new_chat: NewChat) -> None:
    chat = new_chat(forced_colors="active", reduced_motion="reduce")
    border = "node => [getComputedStyle(node).borderTopStyle, parseFloat(getComputedStyle(node).borderTopWidth) >= 1]"
    assert chat.launcher.evaluate(border) == ["solid", True]
    chat.open()
    answer = chat.ask(CARDS[0])
    for part in (chat.panel, chat.button("Send"), answer.locator(".box"), chat.log.locator(".user .box")):
        assert part.evaluate(border) == ["solid", True]
    expect(answer.locator(".tag").nth(1)).to_have_text("Next")
    # A pressed thumb differs from one that is not, though the colours are the system's.
    background = "node => getComputedStyle(node).backgroundColor"
    chat.button("Helpful").click()
    expect(chat.status).to_have_text("Thank you for the feedback.")
    chat.input.focus()
    chat.page.mouse.move(0, 0)
    assert chat.button("Helpful").evaluate(background) != chat.button("Not helpful").evaluate(background)
    assert chat.input.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    # Which colours are then forced is hidden from scripts, so that contrast cannot be measured.
    assert chat.violations(without="color-contrast") == []


def test_the_widget_leaves_the_page_as_it_was(new_chat: NewChat) -> None:
    count = "() => document.querySelectorAll('*').length"
    chat = new_chat()
    before = chat.page.evaluate(count), chat.page.locator("h1").bounding_box()
    chat.open()
    chat.ask(CARDS[0])
    assert (chat.page.evaluate(count), chat.page.locator("h1").bounding_box()) == before
