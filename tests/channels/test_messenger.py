"""What is particular to Facebook Messenger."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from programme_chatbot.channels.messaging import SENTENCES
from tests.channels.messaging_server import Messaging
from tests.channels.services import Messenger
from tests.channels.test_messaging import ADA, BEN, finish, texts


@pytest.fixture
def messenger(messaging: Messaging) -> Messenger:
    return messaging.of(Messenger)


def verify(messenger: Messenger, **given: str) -> requests.Response:
    right = {"mode": "subscribe", "verify_token": messenger.settings["verify_token"], "challenge": "1158201444"}
    return requests.get(messenger.url, {f"hub.{name}": value for name, value in {**right, **given}.items()}, timeout=10)


def test_the_address_is_verified_by_the_token_that_was_agreed_on(
    messenger: Messenger, caplog: pytest.LogCaptureFixture
) -> None:
    answer = verify(messenger)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for wrong in ({"verify_token": "x"}, {"verify_token": ""}, {"mode": "unsubscribe"}):
        refused = verify(messenger, **wrong)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "verification")
        assert "1158201444" not in refused.text
    assert caplog.text.count("the verify token is missing or wrong") == 3


def test_messages_of_one_request_are_answered_in_the_order_of_their_times(
    messaging: Messaging, messenger: Messenger
) -> None:
    events = [messenger.event(ADA, id_, message={"mid": f"m_{id_}", "text": f"message {id_}"}) for id_ in (13, 11, 12)]
    other = messenger.event(BEN, 14, message={"mid": "m_14", "text": "hello"})
    assert messenger.post(messenger.notification(*events, other)).status_code == 200
    messaging.apis.wait_for(lambda: len(messenger.replies(ADA)) == 3 and len(messenger.replies(BEN)) == 1)
    assert texts(messenger, ADA) == [f"You said: message {id_}" for id_ in (11, 12, 13)]


def test_the_button_that_begins_a_chat_greets(messaging: Messaging, messenger: Messenger) -> None:
    postback = {"mid": "m_21", "title": "Get started", "payload": "get_started"}
    messenger.new_replies(
        ADA, lambda: messenger.post(messenger.notification(messenger.event(ADA, 21, postback=postback)))
    )
    assert messaging.bot.given == ["topic:social.greet"]


def test_other_postbacks_count_only_if_they_were_offered(messaging: Messaging, messenger: Messenger) -> None:
    event = messenger.event(ADA, 22, postback={"title": "Old", "payload": "/restart"})
    (reply,) = messenger.new_replies(ADA, lambda: messenger.post(messenger.notification(event)))
    assert reply.text == SENTENCES["unknown_button"]
    assert messaging.bot.given == []


@pytest.mark.parametrize(
    "content",
    [
        {"message": {"mid": "m_31", "text": "You said", "is_echo": True, "app_id": 1}},
        {"delivery": {"mids": ["m_1"], "watermark": 1}},
        {"read": {"watermark": 1}},
        {"reaction": {"mid": "m_1", "action": "react", "emoji": "👍"}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_is_no_message_of_a_user_gets_no_reply(
    messaging: Messaging, messenger: Messenger, content: dict[str, Any]
) -> None:
    assert messenger.post(messenger.notification(messenger.event(ADA, 31, **content))).status_code == 200
    finish(messaging, messenger, ADA)
    assert messaging.bot.given == ["and then?"]
    assert len(messaging.apis.calls) == 1
