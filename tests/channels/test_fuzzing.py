"""Whatever is sent to a channel, it answers with a reply or a refusal: never a stack trace, never a crash, no command.

To fuzz another channel, add a line to `TARGETS`.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.services import Messenger, Service, Slack, Telegram, Twilio

if TYPE_CHECKING:
    from tests.channels.messaging_server import Messaging
    from tests.channels.web_server import Web


def web_channel() -> AbstractContextManager[Web]:
    from tests.channels.web_server import serving  # takes seconds to import

    return serving(messages_per_minute_session=100_000, requests_per_minute_address=1_000_000)


def messaging_channels() -> AbstractContextManager[Messaging]:
    from tests.channels.messaging_server import serving_messaging

    return serving_messaging(messages_per_minute=1000)


def web_session(server: Web, body: bytes) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.start()}"}


@dataclass(frozen=True)
class Target:
    """A channel to fuzz.

    Args:
        name: its name.
        serve: serves it; what it gives has `port` and `bot`, as `tests.channels.web_server.Web` has.
        path: where messages go.
        body: a message that it takes.
        headers: the headers that make it take a body, such as a signature.
    """

    name: str
    serve: Callable[[], AbstractContextManager[Any]]
    path: str
    body: Any
    headers: Callable[[Any, bytes], dict[str, str]]


def of_service(service: Service) -> Target:
    return Target(
        name=service.name,
        serve=messaging_channels,
        path=f"/webhooks/{service.name}/webhook",
        body=json.loads(service.text(1, "hello", 1)),
        headers=lambda server, body: service.headers(body),
    )


# Twilio sends forms; its channel is in test_any_form.
TARGETS = (
    Target("web-text", web_channel, "/webhooks/web/messages", {"text": "hello"}, web_session),
    Target("web-button", web_channel, "/webhooks/web/messages", {"payload": "topic:fees"}, web_session),
    Target("web-feedback", web_channel, "/webhooks/web/feedback", {"message": "m1", "value": "up"}, web_session),
    *(of_service(kind(0, None)) for kind in (Telegram, Slack, Messenger)),  # type: ignore[arg-type]
)

# What the bot of these tests takes as an order to misbehave; and a text that waits would wait for good.
ORDERS = ("crash", "silence", "wait")
UNAVAILABLE = 503
TEXTS = st.text(max_size=60) | st.sampled_from(
    ["/restart", '/inform{"a": 1}', "topic:fees", "\x00", "\ud800", "‮", "＜script＞", "a" * 600, "/" * 300, "🙂" * 300]
)
NUMBERS = st.integers() | st.floats(allow_nan=True)  # json.dumps writes NaN, which is not JSON
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f"), max_size=80)
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
fuzzed = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module", params=TARGETS, ids=lambda target: target.name)
def target(request: pytest.FixtureRequest) -> Iterator[tuple[Target, Any]]:
    chosen: Target = request.param
    with chosen.serve() as server:
        yield chosen, server


def send(target: tuple[Target, Any], body: bytes, **headers: str) -> requests.Response:
    chosen, server = target
    return requests.post(
        f"http://127.0.0.1:{server.port}{chosen.path}",
        data=body,
        headers={"Content-Type": "application/json", **chosen.headers(server, body), **headers},
        timeout=20,
    )


def check(answer: requests.Response, *, may_be_ordered: bool = False) -> None:
    assert answer.status_code < 500 or (may_be_ordered and answer.status_code == UNAVAILABLE), answer.text
    assert "Traceback" not in answer.text
    assert "a secret detail" not in answer.text


def is_order(value: Any) -> bool:
    return any(order in json.dumps(value, ensure_ascii=True, default=str).lower() for order in ORDERS)


@fuzzed
@given(body=st.binary(max_size=300))
def test_any_bytes(target: tuple[Target, Any], body: bytes) -> None:
    check(send(target, body))


@fuzzed
@given(body=VALUES.filter(lambda value: not is_order(value)))
def test_any_json(target: tuple[Target, Any], body: Any) -> None:
    check(send(target, json.dumps(body).encode()))


@fuzzed
@given(data=st.data())
def test_a_message_with_anything_in_one_of_its_places(target: tuple[Target, Any], data: st.DataObject) -> None:
    value = data.draw(VALUES.filter(lambda value: not is_order(value)))
    body = json.loads(json.dumps(target[0].body))
    places = list(places_of(body))
    place = data.draw(st.sampled_from(places))
    check(send(target, json.dumps(replaced(body, place, value)).encode()))


@fuzzed
@given(name=st.sampled_from(["Authorization", "Origin", "X-Forwarded-For", "Content-Type", "Cookie"]), value=HEADERS)
def test_any_header(target: tuple[Target, Any], name: str, value: str) -> None:
    body = json.dumps(target[0].body).encode()
    check(send(target, body, **{name: value.strip().encode("latin-1")}))  # type: ignore[arg-type]


@fuzzed
@given(method=METHODS, tail=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30))
def test_any_method_and_address(target: tuple[Target, Any], method: str, tail: str) -> None:
    chosen, server = target
    url = f"http://127.0.0.1:{server.port}{chosen.path}/{tail.replace('#', '')}"
    check(requests.request(method, url, timeout=20))


@fuzzed
@given(head=st.binary(max_size=100), rest=st.binary(max_size=100))
def test_anything_that_is_no_http(target: tuple[Target, Any], head: bytes, rest: bytes) -> None:
    chosen, server = target
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST " + chosen.path.encode() + b" HTTP/1.1\r\n" + head + b"\r\n\r\n" + rest)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    assert b"Traceback" not in answer
    assert b" 500 " not in answer
    check(send(target, json.dumps(chosen.body).encode()))  # it still works


@fuzzed
@given(text=TEXTS.filter(lambda text: not is_order(text)))
def test_no_text_becomes_a_command_or_a_pressed_button(target: tuple[Target, Any], text: str) -> None:
    chosen, server = target
    server.bot.given.clear()
    for place in places_of(chosen.body):
        check(send(target, json.dumps(replaced(chosen.body, place, text)).encode()))
    for given_text in server.bot.given:
        assert not given_text.startswith("/")
        assert not given_text.lower().startswith("topic:")
        given_text.encode("utf-8")


@fuzzed
@given(
    value=TEXTS.filter(lambda text: not is_order(text)),
    place=st.sampled_from(["From", "To", "Body", "MessageSid", "NumMedia"]),
)
def test_any_form(messaging: Messaging, place: str, value: str) -> None:
    twilio = Twilio(messaging.port, messaging.apis)
    form = {**dict(parse_qsl(twilio.text(1, "hello", 1).decode())), place: value}
    body = urlencode(form, errors="replace").encode()
    check(twilio.post(body))
    check(twilio.post(body, headers={"Content-Type": "application/x-www-form-urlencoded"}))


def places_of(body: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Gives the places in a body that hold a value, as keys from the outside in."""
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in items:
        yield (*place, key)
        yield from places_of(value, (*place, key))


def replaced(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Returns a body with another value at a place."""
    if not place:
        return value
    copy = body.copy()
    copy[place[0]] = replaced(body[place[0]], place[1:], value)
    return copy
