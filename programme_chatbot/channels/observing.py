"""Watches channels: gives each message an id in the logs, and counts for Prometheus what comes in and goes out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import Counter, Histogram, start_http_server
from rasa.core.channels.channel import OutputChannel, UserMessage
from sanic import Blueprint, Sanic

from programme_chatbot.channels.stored import FAILED
from programme_chatbot.logs import continue_request
from programme_chatbot.settings import HOST, metrics_port

_STATUSES = frozenset({"answered", "clarify", "unknown", "out_of_scope", "social"})
_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

MESSAGES = Counter("chatbot_messages", "Messages of users.", ["channel"])
REPLIES = Counter("chatbot_replies", "Replies; 'failed' if the action server gave none.", ["channel", "status"])
SECONDS = Histogram("chatbot_answer_seconds", "Time from message to end of its reply.", ["channel"], buckets=_BUCKETS)
ERRORS = Counter("chatbot_errors", "Messages that got no proper reply.", ["channel", "kind"])
REFUSALS = Counter("chatbot_refusals", "Requests that a channel refused, or could not serve.", ["channel", "code"])

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
_logger = logging.getLogger(__name__)
_serving = False


def observed(routes: Blueprint, on_new_message: OnNewMessage) -> OnNewMessage:
    """Watches the messages of a channel.

    Args:
        routes: the routes of the channel; with them the figures get served, if `METRICS_PORT` is set.
        on_new_message: hands a message to Rasa.

    Returns:
        The function to hand messages to Rasa with.
    """
    routes.listener("before_server_start")(_serve_figures)

    async def handle(message: UserMessage) -> Any:
        channel = message.input_channel or "other"
        continue_request(message.message_id)
        output = message.output_channel = _ObservedOutput(message.output_channel)
        error = ""
        start = time.perf_counter()
        try:
            return await on_new_message(message)
        except asyncio.CancelledError:  # the channel has given up
            error = "timeout"
            raise
        except Exception:
            error = "exception"
            raise
        finally:
            seconds = time.perf_counter() - start
            error = error or ("silence" if not output.statuses else FAILED if FAILED in output.statuses else "")
            _count(channel, output.statuses, seconds, error)

    return handle


def _count(channel: str, statuses: list[str], seconds: float, error: str) -> None:
    MESSAGES.labels(channel).inc()
    SECONDS.labels(channel).observe(seconds)
    for status in statuses:
        REPLIES.labels(channel, status).inc()
    if error:
        ERRORS.labels(channel, error).inc()
    details = {"channel": channel, "statuses": ",".join(statuses), "ms": round(seconds * 1000), "error": error}
    level = logging.WARNING if error else logging.INFO
    _logger.log(level, "Message handled.", extra={"details": {key: value for key, value in details.items() if value}})


class _ObservedOutput:
    """Stands for the output of a channel, and notes the statuses of the replies that go out."""

    def __init__(self, channel: OutputChannel) -> None:
        self._channel = channel
        self.statuses: list[str] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        status = message.get("status")  # first, as some channels take the message apart
        await self._channel.send_response(recipient_id, message)
        self.statuses.append(status if status in _STATUSES else FAILED)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


async def _serve_figures(app: Sanic, _: object) -> None:
    global _serving
    port = metrics_port()
    if port is None or _serving:
        return
    try:
        start_http_server(port, addr=HOST)
    except OSError:
        _logger.warning(f"Port {port} is taken, perhaps by another worker: the figures of this process are not served.")
    else:
        _serving = True
