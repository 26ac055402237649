"""What all messaging channels have in common, with a bot that says what it was given."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from programme_chatbot.channels.limits import open_storage
from programme_chatbot.channels.messaging import MAX_BODY_BYTES, MOST_CHARACTERS, SENTENCES
from programme_chatbot.channels.outgoing import Api, ApiError
from programme_chatbot.launcher import free_port
from tests.channels.messaging_server import Messaging, serving_messaging
from tests.channels.services import SERVICES, WITH_BUTTONS, Apis, Messenger, Service, Slack, Telegram, Twilio

ADA, BEN = 1001, 1002
each = pytest.mark.parametrize("kind", SERVICES, ids=lambda kind: kind.name)
each_with_buttons = pytest.mark.parametrize("kind", WITH_BUTTONS, ids=lambda kind: kind.name)


def texts(service: Service, user: int) -> list[str]:
    return [reply.text for reply in service.replies(user)]


def finish(messaging: Messaging, service: Service, user: int) -> None:
    """Asks one question more and waits for its answer, which comes after all others of the user."""
    service.say(user, "and then?")
    messaging.apis.wait_for(lambda: any("and then?" in text for text in texts(service, user)))


# Answers


@each
def test_a_message_is_answered_where_it_came_from(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    assert [reply.text for reply in service.ask(ADA, "When is the last day & why?")] == [
        "You said: When is the last day &amp; why?" if kind is Slack else "You said: When is the last day & why?"
    ]
    assert messaging.bot.given == ["When is the last day & why?"]
    assert service.replies(BEN) == []


@each
def test_a_request_is_acknowledged_before_it_is_answered(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    answer = service.say(ADA, "wait")
    assert answer.status_code == 200
    assert answer.text in ("", '<?xml version="1.0" encoding="UTF-8"?><Response/>')
    assert messaging.bot.waiting.wait(10)
    assert service.replies(ADA) == []
    messaging.bot.go_on.set()
    messaging.apis.wait_for(lambda: texts(service, ADA) == ["You said: wait"])


@each
def test_messages_of_a_user_are_answered_in_order_and_hold_up_nobody_else(
    messaging: Messaging, kind: type[Service]
) -> None:
    service = messaging.of(kind)
    service.say(ADA, "wait")
    assert messaging.bot.waiting.wait(10)
    for number in range(5):
        service.say(ADA, f"question {number}")
    assert service.ask(BEN, "hello")[0].text == "You said: hello"
    assert service.replies(ADA) == []
    messaging.bot.go_on.set()
    messaging.apis.wait_for(lambda: len(service.replies(ADA)) == 6)
    assert texts(service, ADA) == ["You said: wait", *(f"You said: question {number}" for number in range(5))]


@each
def test_an_answer_that_has_to_be_sent_again_still_comes_before_the_next(
    messaging: Messaging, kind: type[Service]
) -> None:
    service = messaging.of(kind)
    messaging.apis.answers.append((500, {}))
    for text in ("first", "second"):
        service.say(ADA, text)
    messaging.apis.wait_for(lambda: len(service.replies(ADA)) == 3)
    assert texts(service, ADA) == ["You said: first", "You said: first", "You said: second"]


@each
def test_a_message_that_is_delivered_again_is_answered_once(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    body = service.text(ADA, "hello", 501)
    for headers in ({}, {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}, {"X-Slack-Retry-Num": "2"}):
        assert service.post(body, {**service.headers(body), **headers}).status_code == 200
    finish(messaging, service, ADA)
    assert texts(service, ADA) == ["You said: hello", "You said: and then?"]


@each
def test_messages_that_come_out_of_order_are_answered_once_each(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    for id_ in (603, 601, 602, 601, 603):
        service.say(ADA, f"message {id_}", id_)
    finish(messaging, service, ADA)
    given = ["message 603", "message 601", "message 602", "and then?"]
    assert texts(service, ADA) == [f"You said: {text}" for text in given]


@each
def test_a_conversation_is_stored_without_what_the_service_calls_the_user(
    messaging: Messaging, kind: type[Service]
) -> None:
    service = messaging.of(kind)
    service.ask(ADA, "hello")
    service.ask(BEN, "hello")
    senders: list[str] = list(messaging.bot.tracker_store._tracker_store.store)
    assert len(set(senders)) == 2
    for sender in senders:
        assert sender.startswith(f"{kind.name}-")
        assert str(ADA) not in sender
        assert len(sender) == len(kind.name) + 33


# Buttons


@each_with_buttons
def test_a_pressed_button_reaches_the_bot(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    (reply,) = service.ask(ADA, "offer")
    assert reply.titles == ("Title of fees", "Title of dates")
    assert reply.payloads == ("topic:fees", "topic:dates")
    (answer,) = service.new_replies(ADA, lambda: service.press(ADA, reply.payloads[1]))
    assert answer.text == "You said: topic:dates"
    assert messaging.bot.given == ["offer", "topic:dates"]


@each_with_buttons
@pytest.mark.parametrize("payload", ["topic:other", "/restart", '/inform{"slot": "x"}', ""])
def test_a_button_that_the_bot_has_not_offered_is_refused(
    messaging: Messaging, kind: type[Service], payload: str
) -> None:
    service = messaging.of(kind)
    service.ask(ADA, "offer")
    service.ask(BEN, "hello")
    # An empty payload of a quick reply is none, so that Messenger's text counts.
    (reply,) = service.new_replies(ADA, lambda: service.press(ADA, payload))
    if payload or kind is not Messenger:
        assert reply.text == SENTENCES["unknown_button"]
        assert messaging.bot.given == ["offer", "hello"]
    (reply,) = service.new_replies(BEN, lambda: service.press(BEN, "topic:fees"))  # which was offered to another user
    assert reply.text == SENTENCES["unknown_button"]


@each_with_buttons
def test_a_button_that_is_pressed_twice_in_one_go_is_answered_once(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    service.ask(ADA, "offer")
    for _ in range(2):
        service.press(ADA, "topic:fees", 701)
    finish(messaging, service, ADA)
    assert messaging.bot.given == ["offer", "topic:fees", "and then?"]


# What is no question


@each
@pytest.mark.parametrize(
    ("text", "given"),
    [("/restart", "restart"), ('/inform{"slot": "x"}', 'inform{"slot": "x"}'), ("topic:fees", "topic fees")],
)
def test_what_is_typed_is_never_a_command_or_a_pressed_button(
    messaging: Messaging, kind: type[Service], text: str, given: str
) -> None:
    service = messaging.of(kind)
    service.ask(ADA, "offer")
    service.ask(ADA, text)
    assert messaging.bot.given == ["offer", given]


@each
def test_a_picture_gets_a_sentence_that_says_what_speaks(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    (reply,) = service.new_replies(ADA, lambda: service.post(service.media(ADA, 801)))
    assert reply.text == SENTENCES["unreadable"]
    assert "automated assistant" in reply.text
    assert messaging.bot.given == []


@each
@pytest.mark.parametrize("text", ["/", "// /", "\u200b"])
def test_a_message_without_words_gets_a_sentence(messaging: Messaging, kind: type[Service], text: str) -> None:
    assert messaging.of(kind).ask(ADA, text)[0].text == SENTENCES["unreadable"]
    assert messaging.bot.given == []


@each
def test_a_long_message_is_read_and_a_longer_one_gets_a_sentence(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    assert service.ask(ADA, "ä" * (MOST_CHARACTERS + 1))[0].text == SENTENCES["too_long"]
    assert service.ask(ADA, "\ufdfa" * 200)[0].text == SENTENCES["too_long"]  # each stands for eighteen characters
    service.ask(ADA, "ä" * MOST_CHARACTERS)
    assert messaging.bot.given == ["ä" * MOST_CHARACTERS]


def test_every_sentence_says_that_it_is_an_automated_assistant() -> None:
    assert all("automated assistant" in sentence for sentence in SENTENCES.values())


# Requests that are refused


@each
def test_a_request_without_the_right_signature_is_refused_and_logged_without_its_body(
    messaging: Messaging, kind: type[Service], caplog: pytest.LogCaptureFixture
) -> None:
    service = messaging.of(kind)
    body = service.text(ADA, "a private question", 901)
    right = service.headers(body)
    content_type = {"Content-Type": right["Content-Type"]}
    names = [name for name in right if name.endswith(("Signature", "Signature-256", "Secret-Token"))]
    for name in (name for name in names if name != "X-Hub-Signature"):
        for wrong in ("", "x", right[name][:-2] + "xx", "ä".encode().decode("latin-1")):
            answer = service.post(body, {**right, name: wrong})
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signature")
    assert service.post(body, content_type).status_code == 401
    if kind is not Telegram:  # whose header does not depend on the body
        assert service.post(body.replace(b"private", b"another"), right).status_code == 401
    service.ask(ADA, "hello")
    assert messaging.bot.given == ["hello"]
    assert f"The channel {kind.name} has refused a request: its signature is missing or wrong." in caplog.text
    assert "private" not in caplog.text


def test_a_request_that_was_signed_by_slack_long_ago_is_refused(messaging: Messaging) -> None:
    slack = messaging.of(Slack)
    body = slack.text(ADA, "hello", 902)
    for timestamp in (1, 1_000_000_000, 9_000_000_000):
        assert slack.post(body, slack.headers(body, timestamp)).status_code == 401
    assert slack.post(body, {**slack.headers(body), "X-Slack-Request-Timestamp": "now"}).status_code == 401


def test_only_meta_s_sha_256_signature_counts(messaging: Messaging) -> None:
    messenger = messaging.of(Messenger)
    body = messenger.text(ADA, "hello", 903)
    headers = messenger.headers(body)
    old = headers["X-Hub-Signature"]
    del headers["X-Hub-Signature-256"]
    assert messenger.post(body, headers).status_code == 401
    assert messenger.post(body, {**headers, "X-Hub-Signature-256": old}).status_code == 401


def test_twilio_s_signature_holds_for_the_public_address_only(messaging: Messaging) -> None:
    twilio = messaging.of(Twilio)
    body = twilio.text(ADA, "hello", 904)
    assert twilio.post(body, twilio.headers(body, twilio.url)).status_code == 401
    forged = {**twilio.headers(body, "https://evil.example/"), "Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert twilio.post(body, forged).status_code == 401
    assert twilio.post(body).status_code == 200


@each
def test_a_huge_body_is_not_read(messaging: Messaging, kind: type[Service]) -> None:
    service = messaging.of(kind)
    for size in (MAX_BODY_BYTES + 1, 1_000_000):
        answer = service.post(b"x" * size)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert service.ask(ADA, "hello")


@each
@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b"5", b"[" * 4000, b"\xff\xfe", b"payload=%7B", b"payload=5"]
)
def test_a_signed_body_that_cannot_be_read_is_refused(messaging: Messaging, kind: type[Service], body: bytes) -> None:
    service = messaging.of(kind)
    is_text = body != b"\xff\xfe"
    headers = service.headers(body if is_text or kind is not Twilio else b"")
    form_or_not = 200 if kind is Twilio else 400  # any text is a form; this one is none of a message
    assert service.post(body, headers).status_code == (form_or_not if is_text or kind in (Telegram, Messenger) else 401)
    assert service.ask(ADA, "hello")
    assert messaging.bot.given == ["hello"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        *(
            (Telegram, body)
            for body in (b"{}", b'{"update_id": 1}', b'{"update_id": "x"}', b'{"update_id":1,"message":5}')
        ),
        *(
            (Telegram, b'{"update_id": 1, "message": {"chat": {}}}'),
            (Telegram, b'{"update_id": 1, "poll": {"id": "1"}}'),
        ),
        *((Slack, body) for body in (b"{}", b'{"type": "event_callback"}', b'{"type": "event_callback", "event": []}')),
        *((Slack, b'{"type": "block_actions", "actions": [{}]}'), (Slack, b'{"type": "view_submission"}')),
        *(
            (Messenger, body)
            for body in (b"{}", b'{"object": "page"}', b'{"object": "page", "entry": [{"messaging": [{}]}]}')
        ),
        *((Messenger, b'{"object": "instagram", "entry": []}'), (Messenger, b'{"object": "page", "entry": [{}]}')),
        *((Twilio, b"MessageSid=SM1"), (Twilio, b"From=%2B467&To=%2B468&Body=hello")),
    ],
)
def test_a_request_of_an_unknown_shape_is_acknowledged_so_that_it_does_not_come_again(
    messaging: Messaging, kind: type[Service], body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    service = messaging.of(kind)
    assert service.post(body).status_code == 200
    service.ask(ADA, "hello")
    assert messaging.bot.given == ["hello"]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("kind", [Telegram, Slack, Twilio], ids=lambda kind: kind.name)
def test_there_is_nothing_to_get(messaging: Messaging, kind: type[Service]) -> None:
    assert requests.get(messaging.of(kind).url, timeout=10).status_code == 404


# Limits and failures


@each
def test_too_many_messages_of_a_user_get_one_sentence(kind: type[Service]) -> None:
    with serving_messaging(messages_per_minute=3) as messaging:
        service = messaging.of(kind)
        for number in range(8):
            service.say(ADA, f"question {number}")
        service.ask(BEN, "hello")
        messaging.apis.wait_for(lambda: len(service.replies(ADA)) == 4)
        assert texts(service, ADA) == [*(f"You said: question {number}" for number in range(3)), SENTENCES["too_many"]]
        assert texts(service, BEN) == ["You said: hello"]


@each
@pytest.mark.parametrize("text", ["crash", "silence"])
def test_when_the_bot_fails_the_user_is_told_and_the_next_question_works(
    messaging: Messaging, kind: type[Service], text: str
) -> None:
    service = messaging.of(kind)
    assert service.ask(ADA, text)[0].text == SENTENCES["failed"]
    assert service.ask(ADA, "hello")[0].text == "You said: hello"


@each
def test_an_answer_that_takes_too_long_is_given_up_and_never_comes_late(kind: type[Service]) -> None:
    with serving_messaging(answer_timeout_seconds=0.3) as messaging:
        service = messaging.of(kind)
        assert service.ask(ADA, "wait")[0].text == SENTENCES["failed"]
        messaging.bot.go_on.set()
        service.ask(ADA, "hello")
        assert texts(service, ADA) == [SENTENCES["failed"], "You said: hello"]


def test_when_redis_is_down_the_service_is_asked_to_try_again() -> None:
    with serving_messaging(open_storage("redis://127.0.0.1:1")) as messaging:
        for kind in SERVICES:
            answer = messaging.of(kind).say(ADA, "hello")
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")


@each
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_called_again(messaging: Messaging, kind: type[Service], status: int) -> None:
    messaging.apis.answers += [(status, {}), (status, {})]
    service = messaging.of(kind)
    service.say(ADA, "hello")
    messaging.apis.wait_for(lambda: len(service.replies(ADA)) == 3)
    assert texts(service, ADA) == ["You said: hello"] * 3  # the first two of which the service did not take


@each
def test_a_refused_answer_is_logged_without_secrets_or_texts(
    messaging: Messaging, kind: type[Service], caplog: pytest.LogCaptureFixture
) -> None:
    refusal: dict[str, Any] = {"ok": False, "error": "channel_not_found", "description": "a private question"}
    messaging.apis.answers.append((200 if kind is Slack else 403, refusal))
    service = messaging.of(kind)
    service.say(ADA, "a private question")
    finish(messaging, service, ADA)
    assert texts(service, ADA) == ["You said: a private question", "You said: and then?"]
    reason = "channel_not_found" if kind is Slack else "HTTP 403"
    assert f"The channel {kind.name} could not send an answer: {reason}." in caplog.text
    assert "private" not in caplog.text
    assert not [secret for secret in kind.settings.values() if secret in caplog.text]


def test_a_service_that_stays_busy_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    with serving_messaging() as messaging:
        telegram = messaging.of(Telegram)
        messaging.apis.answers += [(429, {}), (429, {}), (429, {})]
        telegram.say(ADA, "hello")
        finish(messaging, telegram, ADA)
        assert texts(telegram, ADA) == ["You said: hello"] * 3 + ["You said: and then?"]
    assert "could not send an answer: HTTP 429." in caplog.text
    assert "test-bot-token" not in caplog.text


def test_a_service_that_cannot_be_reached_is_told_without_its_address() -> None:
    async def call() -> None:
        api = Api("http://127.0.0.1:1")
        try:
            await api.call("/bot123:secret/getMe")
        finally:
            await api.close()

    with pytest.raises(ApiError, match="no connection"):
        asyncio.run(call())


def test_answers_under_way_are_sent_before_the_server_stops() -> None:
    with serving_messaging() as messaging:
        telegram = messaging.of(Telegram)
        telegram.say(ADA, "wait")
        assert messaging.bot.waiting.wait(10)
        served: Apis = messaging.apis
    assert [call.content.get("text") for call in served.calls] == ["You said: wait"]


def test_a_card_is_left_out_as_the_text_is_complete(messaging: Messaging) -> None:
    for kind in SERVICES:
        assert messaging.of(kind).ask(ADA, "card")[0].text == "You said: card"


@pytest.fixture
def redis() -> Iterator[str]:
    """Yields the address of a Redis of our own."""
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def test_two_processes_with_redis_answer_a_message_once_and_count_together(redis: str) -> None:
    with (
        serving_messaging(open_storage(redis), messages_per_minute=3) as one,
        serving_messaging(open_storage(redis), messages_per_minute=3) as two,
    ):
        first, second = one.of(Telegram), two.of(Telegram)
        for id_ in (1, 2, 3):
            first.new_replies(ADA, lambda id_=id_: first.say(ADA, f"message {id_}", id_))
            assert second.say(ADA, f"message {id_}", id_).status_code == 200
        assert second.ask(ADA, "and then?")[0].text == SENTENCES["too_many"]
        assert two.bot.given == []
        assert len(first.replies(ADA)) == 3
