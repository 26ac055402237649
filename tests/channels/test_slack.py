"""What is particular to Slack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from programme_chatbot.channels.messaging import SENTENCES
from tests.channels.messaging_server import Messaging
from tests.channels.services import Call, Slack
from tests.channels.test_messaging import ADA, BEN, finish
from tests.channels.web_server import SOURCE


@pytest.fixture
def slack(messaging: Messaging) -> Slack:
    return messaging.of(Slack)


def posts(messaging: Messaging, channel: str) -> list[Call]:
    return [call for call in messaging.apis.calls if call.content.get("channel") == channel]


def test_the_address_is_verified_only_for_slack(slack: Slack) -> None:
    body = json.dumps({"type": "url_verification", "token": "old", "challenge": "3eZbrw1aB"}).encode()
    answer = slack.post(body)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aB"})
    assert slack.post(body, {"Content-Type": "application/json"}).status_code == 401


def test_a_mention_in_a_channel_is_answered_in_its_thread(messaging: Messaging, slack: Slack) -> None:
    mention = {"type": "app_mention", "channel_type": None, "channel": "C1", "text": "<@U0OURBOT> when is it?"}
    slack.post(slack.event(ADA, 11, **mention))
    messaging.apis.wait_for(lambda: len(posts(messaging, "C1")) == 1)
    slack.post(slack.event(ADA, 12, **mention, thread_ts="1760000000.000011"))
    messaging.apis.wait_for(lambda: len(posts(messaging, "C1")) == 2)
    assert {call.content["thread_ts"] for call in posts(messaging, "C1")} == {"1760000000.000011"}
    assert messaging.bot.given == ["when is it?", "when is it?"]
    assert len(messaging.bot.tracker_store._tracker_store.store) == 1  # one thread, one conversation


def test_two_users_of_one_thread_have_a_conversation_each(messaging: Messaging, slack: Slack) -> None:
    for user, id_ in ((ADA, 13), (BEN, 14)):
        content = {"type": "app_mention", "channel": "C1", "thread_ts": "1760000000.000001", "text": "<@U0OURBOT> hi"}
        slack.post(slack.event(user, id_, **content))
    messaging.apis.wait_for(lambda: len(posts(messaging, "C1")) == 2)
    assert len(messaging.bot.tracker_store._tracker_store.store) == 2


def test_a_direct_message_is_answered_without_a_thread_unless_it_is_in_one(messaging: Messaging, slack: Slack) -> None:
    slack.ask(ADA, "hello")
    slack.new_replies(ADA, lambda: slack.post(slack.event(ADA, 21, text="hello", thread_ts="1760000000.000009")))
    assert [call.content.get("thread_ts") for call in messaging.apis.calls] == [None, "1760000000.000009"]


def test_a_button_in_a_thread_belongs_to_that_thread(messaging: Messaging, slack: Slack) -> None:
    thread = "1760000000.000009"
    slack.new_replies(ADA, lambda: slack.post(slack.event(ADA, 22, text="offer", thread_ts=thread)))
    (elsewhere,) = slack.new_replies(ADA, lambda: slack.press(ADA, "topic:fees"))
    assert elsewhere.text == SENTENCES["unknown_button"]
    (answer,) = slack.new_replies(ADA, lambda: slack.post(slack.button(ADA, "topic:fees", 23, thread)))
    assert answer.text == "You said: topic:fees"
    assert messaging.apis.calls[-1].content["thread_ts"] == thread


def test_a_message_that_comes_as_two_kinds_of_events_is_answered_once(messaging: Messaging, slack: Slack) -> None:
    slack.post(slack.event(ADA, 31, text="<@U0OURBOT> hello"))
    slack.post(slack.event(ADA, 31, type="app_mention", text="<@U0OURBOT> hello"))
    finish(messaging, slack, ADA)
    assert messaging.bot.given == ["hello", "and then?"]


@pytest.mark.parametrize(
    "content",
    [
        {"bot_id": "B1", "text": "hello"},
        {"subtype": "bot_message", "user": None, "bot_id": "B1", "text": "hello"},
        {"subtype": "message_changed", "user": None, "message": {"text": "hello"}},
        {"subtype": "message_deleted", "deleted_ts": "1760000000.000001"},
        {"channel_type": "channel", "channel": "C1", "text": "hello everybody"},
        {"channel_type": "mpim", "channel": "G1", "text": "hello everybody"},
        {"type": "reaction_added", "item": {"type": "message"}},
        {"type": "app_home_opened", "tab": "home"},
    ],
    ids=range(8),
)
def test_what_is_not_said_to_the_app_gets_no_reply(messaging: Messaging, slack: Slack, content: dict[str, Any]) -> None:
    assert slack.post(slack.event(ADA, 41, **content)).status_code == 200
    finish(messaging, slack, ADA)
    assert messaging.bot.given == ["and then?"]
    assert len(messaging.apis.calls) == 1


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("<@U0OURBOT> fees &amp; costs &lt;100?", "fees & costs <100?"),
        ("is <https://www.example.org/a|www.example.org/a> right", "is www.example.org/a right"),
        ("is <https://www.example.org/a> right", "is https://www.example.org/a right"),
        ("write to <mailto:a@example.org|a@example.org>", "write to a@example.org"),
    ],
)
def test_slack_s_notation_is_read_as_it_was_typed(messaging: Messaging, slack: Slack, text: str, given: str) -> None:
    slack.new_replies(ADA, lambda: slack.post(slack.event(ADA, 51, text=text)))
    assert messaging.bot.given == [given]


def test_a_mention_without_words_gets_a_sentence(messaging: Messaging, slack: Slack) -> None:
    slack.post(slack.event(ADA, 61, type="app_mention", channel="C1", text="<@U0OURBOT>"))
    messaging.apis.wait_for(lambda: len(posts(messaging, "C1")) == 1)
    assert posts(messaging, "C1")[0].content["text"] == SENTENCES["unreadable"]


def test_what_a_user_has_typed_cannot_call_others(slack: Slack) -> None:
    (reply,) = slack.ask(ADA, "<!channel> <https://evil.example|the page>")
    assert reply.text == "You said: &lt;!channel&gt; &lt;https://evil.example|the page&gt;"


def test_sources_are_links_and_no_page_is_previewed(messaging: Messaging, slack: Slack) -> None:
    (reply,) = slack.ask(ADA, f"Source: {SOURCE['title']}, {SOURCE['url']}")
    assert reply.text == f"You said: Source: <{SOURCE['url']}|{SOURCE['title']}>"
    content = messaging.apis.calls[0].content
    assert (content["unfurl_links"], content["unfurl_media"]) == (False, False)


def test_buttons_stand_under_the_text(messaging: Messaging, slack: Slack) -> None:
    slack.ask(ADA, "offer")
    section, actions = messaging.apis.calls[0].content["blocks"]
    assert section == {"type": "section", "text": {"type": "mrkdwn", "text": "You said: offer"}}
    assert len({element["action_id"] for element in actions["elements"]}) == len(actions["elements"]) == 2
