"""Rasa's REST channel, for local use only: it believes any sender, so it takes messages only if `REST_CHANNEL` is on.

Malformed bodies get a 4xx, and replies carry the keys of the reply contract.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot import logs
from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.observing import observed
from programme_chatbot.settings import REST_VARIABLE, SettingsError, load_knowledge_or_exit, rest_channel_is_on
from programme_chatbot.stores.conversations import keep_nothing_in_memory_only
from programme_chatbot.typed_text import encodable

CONTRACT_KEYS = ("topic", "status", "sources", "language", "confidence")
MAX_SENDER_LENGTH = 200
_ANSWER_TIMEOUT = 10.0
_HINT = 'send a JSON object such as {"sender": "me", "message": "When is the last day to apply?"}'

_logger = logging.getLogger(__name__)


class MalformedRequestError(Exception):
    """A request body that is not a message; the text tells what is wrong and what to send."""


class ContractOutputChannel(CollectingOutputChannel):
    """Collects bot messages, one for each answer, with the keys of the reply contract."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collects one bot message."""
        collected = self._message(recipient_id, text=message.get("text"), buttons=message.get("buttons") or None)
        metadata = {key: message[key] for key in CONTRACT_KEYS if key in message}
        if metadata:
            metadata.setdefault("sources", [])  # Rasa drops empty values on the way
        await self._persist_message({**collected, **({"metadata": metadata} if metadata else {})})


class RestChannel(RestInput):
    """The REST channel, under the address of Rasa's own: POST /webhooks/rest/webhook."""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestChannel:
        """Creates the channel; ends the process if the knowledge file is invalid."""
        try:
            logs.configure()
        except SettingsError as error:
            raise InvalidConfigException(str(error)) from None
        load_knowledge_or_exit()
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes of the channel."""
        routes = Blueprint("programme_chatbot_rest", __name__)
        on_new_message = observed(routes, on_new_message)
        keep_nothing_in_memory_only(routes)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"status": "no model"}, status=503)
            return response.json({"status": "ok"})

        if not rest_channel_is_on():
            _logger.info(f"The REST channel takes no messages; {REST_VARIABLE} is not 'on'.")
            return routes

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text = read_message(request.body)
            except MalformedRequestError as error:
                return response.json({"error": str(error)}, status=400)
            output = ContractOutputChannel()
            message = UserMessage(text, output, sender, input_channel=self.name())
            try:
                await asyncio.wait_for(on_new_message(message), _ANSWER_TIMEOUT)
            except asyncio.TimeoutError:
                return _failure("timeout")
            except Exception:
                _logger.exception("A message to the REST channel has failed.")
                return _failure("unavailable")
            return response.json(output.messages)

        return routes


def read_message(body: bytes) -> tuple[str, str]:
    """Reads the body of a request.

    Args:
        body: JSON object with `message` and, if wanted, `sender`.

    Returns:
        The sender and the text.

    Raises:
        MalformedRequestError: if the body is anything else.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedRequestError(f"The body is not JSON; {_HINT}.") from None
    if not isinstance(content, dict):
        raise MalformedRequestError(f"The body is not a JSON object; {_HINT}.")
    sender, text = content.get("sender", "default"), content.get("message")
    if not isinstance(text, str):
        raise MalformedRequestError(f"`message` is missing or is not a text; {_HINT}.")
    if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER_LENGTH:
        raise MalformedRequestError(f"`sender` is not a text of 1 to {MAX_SENDER_LENGTH} characters; {_HINT}.")
    return encodable(sender), encodable(text)


def _failure(code: str) -> HTTPResponse:
    error = WebError(code)
    return response.json({"error": error.sentence}, status=error.status)
