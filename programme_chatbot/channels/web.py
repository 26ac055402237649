"""The web channel, for the public: JSON over HTTP under /webhooks/web."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from limits.storage import Storage
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot import logs
from programme_chatbot.channels import web_health, web_store
from programme_chatbot.channels.bodies import json_object, read_body
from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.limits import Limit, client_address, open_storage
from programme_chatbot.channels.messages import Collector, as_time, history, offered
from programme_chatbot.channels.observing import OnNewMessage, observed
from programme_chatbot.channels.stored import SHOWN
from programme_chatbot.channels.web_gate import METHODS, Gate, keep_rasas_cors_out
from programme_chatbot.channels.web_session import SECRET_VARIABLE, Session, Sessions, read_secret
from programme_chatbot.channels.web_settings import WebSettings
from programme_chatbot.settings import SettingsError
from programme_chatbot.storage import redis_url
from programme_chatbot.stores.conversations import keep_nothing_in_memory_only
from programme_chatbot.typed_text import as_typed, encodable

PATH = "/webhooks/web"
_FEEDBACK = ("up", "down", "none")


class WebChannel(InputChannel):
    """Conversations of visitors with sessions of their own, for the widget on a web page.

    Args:
        settings: the settings.
        secret: key that the sessions' tokens are signed with.
        storage: where requests are counted and ended sessions are remembered.
    """

    def __init__(self, settings: WebSettings, secret: str, storage: Storage) -> None:
        self._settings = settings
        self._storage = storage
        self._sessions = Sessions(secret, settings.session_hours, storage)
        self._address_limit = Limit(storage, settings.requests_per_minute_address, "web-address")
        self._message_limit = Limit(storage, settings.messages_per_minute_session, "web-messages")
        self._feedback_limit = Limit(storage, settings.messages_per_minute_session, "web-feedback")
        # Of this process only: between several workers Rasa's lock lets messages of a session wait for each other.
        self._busy: set[str] = set()

    @classmethod
    def name(cls) -> str:
        """Returns the name of the channel, which is part of its address."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """Creates the channel from credentials.yml and the environment.

        Raises:
            InvalidConfigException: if a setting makes no sense; Rasa shows its text and ends.
        """
        try:
            logs.configure()
            settings = WebSettings.read(credentials, os.environ)
            storage = open_storage(redis_url())
            return cls(settings, read_secret(os.environ.get(SECRET_VARIABLE)), storage)
        except SettingsError as error:
            raise InvalidConfigException(str(error)) from None

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Returns the routes of the channel."""
        routes = Blueprint("programme_chatbot_web", __name__)
        gate = Gate(self._settings.allowed_origins)
        on_new_message = observed(routes, on_new_message)
        keep_nothing_in_memory_only(routes)

        # One route for all, so that unknown addresses and methods get our headers and errors, too.
        @routes.route("/", methods=METHODS, stream=True, name="root")
        @routes.route("/<path:path>", methods=METHODS, stream=True)
        async def receive(request: Request, path: str = "") -> HTTPResponse:
            return await gate.pass_through(request, lambda request: self._handle(request, path, on_new_message))

        @routes.listener("before_server_start")
        async def prepare(app: Sanic, _: object) -> None:
            keep_rasas_cors_out(app, PATH)

        return routes

    async def _handle(self, request: Request, path: str, on_new_message: OnNewMessage) -> HTTPResponse:
        forwarded_for = request.headers.getall("x-forwarded-for", [])
        await self._address_limit.count(client_address(request.ip, forwarded_for, self._settings.trusted_proxies))
        await read_body(request, self._settings.max_body_bytes)
        route = (request.method, path)
        if route == ("POST", "session"):
            return self._start()
        if route == ("POST", "messages"):
            return await self._answer(request, on_new_message)
        if route == ("GET", "history"):
            return await self._history(request)
        if route == ("POST", "feedback"):
            return await self._rate(request)
        if route == ("DELETE", "session"):
            return await self._forget(request)
        if route == ("GET", "health"):
            return await self._health(request)
        raise WebError("not_found")

    def _start(self) -> HTTPResponse:
        session, token = self._sessions.start()
        # The notice of an automated assistant comes with the first answer, as on every channel.
        body = {"token": token, "expires": as_time(session.expires), "messages": []}
        return response.json(body, status=201)

    async def _answer(self, request: Request, on_new_message: OnNewMessage) -> HTTPResponse:
        session = await self._session(request)
        await self._message_limit.count(session.id)
        content = json_object(request)
        agent = _agent(request)
        with self._only_message_of(session):
            text, shown = await self._read_message(content, agent, session)
            output = Collector(self.name())
            metadata = {SHOWN: shown} if shown != text else None
            message = UserMessage(
                text,
                output,
                session.sender,
                input_channel=self.name(),
                message_id=request.ctx.request_id,
                metadata=metadata,
            )
            try:
                # Giving up ends the turn before Rasa stores it, so that no late answer can come.
                await asyncio.wait_for(on_new_message(message), self._settings.answer_timeout_seconds)
            except asyncio.TimeoutError:
                raise WebError("timeout") from None
        if not output.messages:
            raise WebError("unavailable")  # never silence
        return response.json({"messages": output.messages})

    async def _read_message(self, content: dict[str, Any], agent: Agent, session: Session) -> tuple[str, str]:
        """Returns what Rasa is given, and what history shows of it."""
        if content.keys() == {"text"} and isinstance(content["text"], str):
            shown = encodable(content["text"]).strip()
            text = as_typed(shown)
            if not text:
                raise WebError("empty")
            if max(len(shown), len(text)) > self._settings.max_characters:
                most = self._settings.max_characters
                raise WebError("too_long", f"Please write no more than {most} characters.")
            return text, shown
        if content.keys() == {"payload"} and isinstance(content["payload"], str):
            titles = offered(history(await web_store.read(agent, session.sender)))
            if content["payload"] not in titles:
                raise WebError("unknown_payload")
            return content["payload"], titles[content["payload"]]
        raise WebError("malformed", 'The body of the request is neither {"text": "..."} nor {"payload": "..."}.')

    async def _history(self, request: Request) -> HTTPResponse:
        session = await self._session(request)
        messages = history(await web_store.read(_agent(request), session.sender))
        return response.json({"messages": messages})

    async def _rate(self, request: Request) -> HTTPResponse:
        session = await self._session(request)
        await self._feedback_limit.count(session.id)
        content = json_object(request)
        id_, value = content.get("message"), content.get("value")
        if content.keys() != {"message", "value"} or not isinstance(id_, str) or value not in _FEEDBACK:
            raise WebError("malformed", 'Send {"message": id of the message, "value": "up", "down" or "none"}.')
        agent = _agent(request)
        messages = history(await web_store.read(agent, session.sender))
        rated = [message for message in messages if message["id"] == id_ and message["author"] == "bot"]
        if not rated:
            raise WebError("not_found", "That message is not part of this conversation.")
        if (rated[0]["feedback"] or "none") != value:
            await web_store.rate(agent, session.sender, id_, value)
        return response.empty()

    async def _forget(self, request: Request) -> HTTPResponse:
        session = await self._session(request)
        agent = _agent(request)
        await self._sessions.end(session)  # first, or another message could come after the deletion
        try:
            await web_store.forget(agent, session.sender)
        except Exception:
            await self._sessions.resume(session)  # so that the visitor can try again
            raise
        return response.empty()

    async def _health(self, request: Request) -> HTTPResponse:
        parts = await web_health.check(getattr(request.app.ctx, "agent", None), self._storage)
        answers = parts["model"] and parts["actions"] and parts["store"]
        status = "unavailable" if not answers else "ok" if parts["knowledge"] else "degraded"
        return response.json({"status": status, **parts}, status=200 if answers else 503)

    async def _session(self, request: Request) -> Session:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise WebError("no_session")
        return await self._sessions.read(token.strip())

    @contextmanager
    def _only_message_of(self, session: Session) -> Iterator[None]:
        if session.id in self._busy:
            raise WebError("busy")
        self._busy.add(session.id)
        try:
            yield
        finally:
            self._busy.discard(session.id)


def _agent(request: Request) -> Agent:
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise WebError("unavailable")
    return agent
