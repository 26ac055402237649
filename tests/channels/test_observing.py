"""What the web channel counts for Prometheus, and the id that leads from a reply to the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client import REGISTRY

from tests.channels.web_server import EchoBot, serving

if TYPE_CHECKING:
    from tests.channels.web_server import Web


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"chatbot_{name}", labels) or 0.0


class Change:
    """How much a figure has grown since this was made."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = name, labels
        self._before = counted(name, **labels)

    @property
    def value(self) -> float:
        return counted(self._name, **self._labels) - self._before


def test_messages_replies_and_their_time_are_counted_by_channel_and_status(web: Web) -> None:
    messages = Change("messages_total", channel="web")
    answered = Change("replies_total", channel="web", status="answered")
    timed = Change("answer_seconds_count", channel="web")
    web.say(web.start(), "hello")
    assert (messages.value, answered.value, timed.value) == (1, 1, 1)


@pytest.mark.parametrize(("text", "kind"), [("crash", "exception"), ("silence", "silence")])
def test_messages_without_a_reply_are_counted_as_errors(web: Web, text: str, kind: str) -> None:
    errors = Change("errors_total", channel="web", kind=kind)
    assert web.say(web.start(), text).status_code == 503
    assert errors.value == 1


def test_an_answer_that_was_given_up_is_counted_as_an_error() -> None:
    errors = Change("errors_total", channel="web", kind="timeout")
    with serving(answer_timeout_seconds=0.2) as web:
        assert web.say(web.start(), "wait").status_code == 504
    assert errors.value == 1


def test_a_reply_of_rasa_itself_is_counted_as_failed() -> None:
    failed = Change("replies_total", channel="web", status="failed")
    errors = Change("errors_total", channel="web", kind="failed")
    bot = EchoBot()
    bot.metadata = {}
    with serving(bot) as web:
        web.say(web.start(), "hello")
    assert (failed.value, errors.value) == (1, 1)


def test_refusals_are_counted_by_code(web: Web) -> None:
    refused = Change("refusals_total", channel="web", code="malformed")
    token = web.start()
    assert web.call("POST", "messages", token, data="no JSON").status_code == 400
    assert refused.value == 1


def test_every_response_carries_an_id_of_its_own_that_its_message_is_stored_with(web: Web) -> None:
    first, second = web.call("GET", "health"), web.call("GET", "nothing")
    ids = {answer.headers["X-Request-Id"] for answer in (first, second)}
    assert len(ids) == 2
    token = web.start()
    id_ = web.say(token, "hello").headers["X-Request-Id"]
    assert web.bot.message_ids[-1] == id_


def test_a_request_id_of_a_client_is_not_taken_over(web: Web) -> None:
    answer = web.call("GET", "health", headers={"X-Request-Id": "forged\tline"})
    assert answer.headers["X-Request-Id"] != "forged\tline"


def test_the_figures_are_served_on_this_machine_only_if_a_port_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from programme_chatbot.channels import observing
    from programme_chatbot.launcher import free_port

    port = free_port()
    monkeypatch.setattr(observing, "_serving", False)
    with serving() as web:
        web.say(web.start(), "hello")
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5)
    monkeypatch.setenv("METRICS_PORT", str(port))
    with serving() as web:
        web.say(web.start(), "hello")
        figures = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    assert 'chatbot_messages_total{channel="web"}' in figures
    assert "hello" not in figures


def test_a_port_that_is_taken_costs_the_figures_and_not_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from programme_chatbot.channels import observing

    monkeypatch.setattr(observing, "_serving", False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("METRICS_PORT", str(taken.getsockname()[1]))
        with serving() as web:
            assert web.say(web.start(), "hello").status_code == 200
