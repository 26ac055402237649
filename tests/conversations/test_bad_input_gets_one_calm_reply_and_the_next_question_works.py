from __future__ import annotations

import pytest
import requests

from tests.trained import Bot

pytestmark = pytest.mark.bot

HOSTILE = {
    "empty": "",
    "spaces": "   \t  ",
    "punctuation": "?!...",
    "emoji": "🙂🎓👍",
    "very long": "deadline " * 11_112,
    "one long word": "x" * 100_000,
    "control characters": "when\x01is\x02the\x1fdeadline",
    "null bytes": "dead\x00line",
    "right-to-left marks": "\u202edeadline\u202c \u200f",
    "mixed scripts": "когда дедлайн 截止日期 deadline متى",
    "chinese": "申请截止日期是什么时候？",
    "restart": "/restart",
    "intent": '/ask_tuition_fee{"course": "DD2380"}',
    "session start": "/session_start",
    "back": "/back",
    "slashes": "////",
    "slash behind a slash": "/ /restart",
    "session start behind a slash": "/ /session_start",
    "intent behind a slash": '/ /ask_tuition_fee{"course": "DD2380"}',
    "lone surrogate": "deadlin\ud800 ?",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "json": '{"message": {"$gt": ""}}',
    "sql": "'; DROP TABLE events; --",
    "template": "{{7*7}} ${jndi:ldap://x} {name} %s",
    "payload of nothing": "topic:nonsense",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_one_calm_reply_and_nothing_echoed(bot: Bot, text: str) -> None:
    sender = f"hostile-{hash(text)}"
    bot.ask("What is DD2434 about?", sender)
    replies = bot.replies(text, sender)
    assert len(replies) == 1
    reply = replies[0]["text"]
    assert reply
    for part in ("Traceback", "<script", "DROP TABLE", "jndi", "xxxxxxxx", "None", "failed"):
        assert part not in reply
    assert "15 January 2026" in bot.ask("When is the last day to apply?", sender)
    assert len(bot.messages("and where is it taught?", sender)) == 1, "the conversation was begun anew"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'"text"',
        b"{}",
        b'{"message": 5}',
        b'{"message": null}',
        b'{"message": ["a"]}',
        b'{"sender": 5, "message": "hi"}',
        b'{"sender": "", "message": "hi"}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_a_malformed_body_gets_a_4xx_and_what_to_send(bot: Bot, body: bytes) -> None:
    response = requests.post(bot.url, data=body, timeout=30)
    assert 400 <= response.status_code < 500
    assert "JSON object such as" in response.json()["error"]


def test_a_button_of_ours_is_answered(bot: Bot) -> None:
    (reply,) = bot.replies("topic:courses.mandatory")
    assert reply["metadata"]["topic"] == "courses.mandatory"
