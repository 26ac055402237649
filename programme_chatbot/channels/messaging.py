"""What all messaging channels do alike, from a service's request to the messages that answer it.

A request is checked and acknowledged at once; the answer follows through the service's API. Messages of one user are
answered one after another, each once, however often the service delivers them.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import os
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from limits.storage import Storage
from pydantic import ValidationError
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot.channels import credentials as credentials_file
from programme_chatbot.channels import web_store
from programme_chatbot.channels.bodies import json_object, read_body
from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.formatting import choices, chosen
from programme_chatbot.channels.limits import Limit, call, open_storage
from programme_chatbot.channels.messages import Collector, Message, history, offered
from programme_chatbot.channels.observing import OnNewMessage, observed
from programme_chatbot.channels.outgoing import Api, ApiError
from programme_chatbot.channels.stored import SHOWN
from programme_chatbot.channels.values import number, whole
from programme_chatbot.knowledge.topics import PAYLOAD_PREFIX
from programme_chatbot.logs import new_request
from programme_chatbot.settings import SettingsError
from programme_chatbot.storage import redis_url
from programme_chatbot.stores.conversations import keep_nothing_in_memory_only
from programme_chatbot.typed_text import as_typed, encodable

GREETING, HELP = f"{PAYLOAD_PREFIX}social.greet", f"{PAYLOAD_PREFIX}social.help"
MOST_CHARACTERS = 2000  # of a message of a user
MAX_BODY_BYTES = 65_536
# What is said without asking the bot. As it may be the first that a user gets to see, it says what speaks.
SENTENCES = {
    "unreadable": "I am an automated assistant and can only read text. Please write your question.",
    "too_long": f"I am an automated assistant. That message is too long for me: "
    f"please ask in no more than {MOST_CHARACTERS:,} characters.",
    "too_many": "I am an automated assistant. Those are more messages than I can answer just now: "
    "please wait a minute and ask again.",
    "unknown_button": "I am an automated assistant. That choice is no longer available: "
    "please write your question instead.",
    "failed": "I am an automated assistant. Something on our side failed just now, so I have no answer: "
    "please ask again in a minute.",
}
_REMEMBERED_SECONDS = 48 * 3600  # longer than any of the services tries to deliver a message
_STOP_SECONDS = 5.0
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Incoming:
    """One message of a user: a text, or a pressed button, or what cannot be read.

    Args:
        id: what the service calls the message; a second one with this id is the same message.
        user: what the service calls the user.
        address: where the answer goes, for `MessagingChannel.send`.
        place: the conversation, where a user can have several.
        text: what was typed, or the title of the button.
        payload: what the button sends; it counts only if the bot has offered it in this conversation.
        command: the same for what is always on offer; goes before payload and text.
        sentence: what to say instead of asking the bot.
    """

    id: str
    user: str
    address: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    text: str = ""
    payload: str = ""
    command: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class MessagingLimits:
    """Limits of all messaging channels; the environment variable of each is its name in capitals after `MESSAGING_`.

    Args:
        messages_per_minute: how many messages of a user are answered.
        answer_timeout_seconds: when to give up an answer.
    """

    messages_per_minute: int = 20
    answer_timeout_seconds: float = 10.0

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> MessagingLimits:
        """Reads the limits.

        Raises:
            SettingsError: if one makes no sense.
        """
        most, seconds = "MESSAGING_MESSAGES_PER_MINUTE", "MESSAGING_ANSWER_TIMEOUT_SECONDS"
        return cls(
            whole(most, environment.get(most) or cls.messages_per_minute, 1, 1000),
            number(seconds, environment.get(seconds) or cls.answer_timeout_seconds, 0.1, 50),
        )


class MessagingChannel(InputChannel):
    """A channel of a messaging service. Each service has a class of its own, in a module of the channel's name.

    Args:
        settings: the values of `names`.
        storage: where messages are counted and remembered.
        limits: how much a user may ask, and how long an answer may take.
    """

    names: ClassVar[tuple[str, ...]]  # the settings; the first is a secret, the last the address of the service's API
    has_buttons: ClassVar[bool] = True  # if not, users choose by number or title

    def __init__(self, settings: Mapping[str, str], storage: Storage, limits: MessagingLimits | None = None) -> None:
        limits = limits or MessagingLimits()
        self.settings = settings
        self.api = Api(credentials_file.api_address(self.name(), settings[self.names[-1]]))
        self._key = settings[self.names[0]].encode()
        self._storage = storage
        self._limit = Limit(storage, limits.messages_per_minute, f"{self.name()}-messages")
        self._timeout = limits.answer_timeout_seconds
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    # What differs between services

    def is_signed(self, request: Request) -> bool:
        """Tells whether a request comes from the service."""
        raise NotImplementedError

    def content(self, request: Request) -> dict[str, Any]:
        """Returns what a request says; WebError if it cannot be read."""
        return json_object(request)

    async def incoming(self, content: dict[str, Any]) -> list[Incoming]:
        """Returns the messages that need an answer; pydantic's ValidationError if the content is of another shape."""
        raise NotImplementedError

    async def send(self, address: Mapping[str, str], messages: list[Message]) -> None:
        """Sends the bot's messages of one turn; ApiError if that fails."""
        raise NotImplementedError

    def acknowledgement(self, content: dict[str, Any]) -> HTTPResponse:
        """Returns the response that tells the service that a request has arrived."""
        return response.text("")

    def verification(self, request: Request) -> HTTPResponse:
        """Returns the response to a GET request, by which some services check the address."""
        raise WebError("not_found")

    # What all have in common

    @classmethod
    def name(cls) -> str:
        """Returns the name of the channel, which is part of its address."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Creates the channel from credentials.yml and the environment, or one that is off.

        Raises:
            InvalidConfigException: if a setting makes no sense; Rasa shows its text and ends.
        """
        try:
            settings, missing = credentials_file.read(cls.name(), credentials, cls.names, os.environ)
            if missing:
                _logger.warning(f"The channel {cls.name()} is off: {', '.join(missing)} not set.")
                return OffChannel(cls.name())
            storage = open_storage(redis_url())
            return cls(settings, storage, MessagingLimits.read(os.environ))
        except SettingsError as error:
            raise InvalidConfigException(str(error)) from None

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Returns the routes of the channel."""
        routes = Blueprint(f"programme_chatbot_{self.name()}", __name__)
        on_new_message = observed(routes, on_new_message)
        keep_nothing_in_memory_only(routes)

        @routes.route("/webhook", methods=("GET", "POST"), stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                return await self._receive(request, on_new_message)
            except WebError as error:
                return error.response()
            except Exception:
                _logger.exception(f"A request to the channel {self.name()} has failed.")
                return WebError("unavailable").response()  # the service tries again

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, _: object) -> None:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_STOP_SECONDS)
            await self.api.close()

        return routes

    async def _receive(self, request: Request, on_new_message: OnNewMessage) -> HTTPResponse:
        new_request()
        await read_body(request, MAX_BODY_BYTES)
        if request.method == "GET":
            return self.verification(request)
        if not self.is_signed(request):
            _logger.warning(f"The channel {self.name()} has refused a request: its signature is missing or wrong.")
            raise WebError("signature")
        content = self.content(request)
        try:
            incoming = await self.incoming(content)
        except ValidationError:
            # Acknowledged all the same: the service would deliver it again and again.
            _logger.warning(f"The channel {self.name()} has left out a request of a shape that it does not know.")
            incoming = []
        for message in incoming:
            await self._accept(message, request.app, on_new_message)
        return self.acknowledgement(content)

    async def _accept(self, message: Incoming, app: Sanic, on_new_message: OnNewMessage) -> None:
        """Has a message answered in the background, if it is new and the user has not sent too many."""
        if not await self._is_first("seen", message.id, _REMEMBERED_SECONDS):
            return
        sentence = message.sentence
        try:
            await self._limit.count(self._pseudonym(message.user))
        except WebError:
            if not await self._is_first("told", message.user, 60):
                return
            sentence = SENTENCES["too_many"]
        self._in_turn(message.user, self._answer(message, sentence, app, on_new_message))

    def _in_turn(self, user: str, answer: Coroutine[Any, Any, None]) -> None:
        """Starts a task that waits for those of the same user before."""
        turn = self._turns.setdefault(user, asyncio.Lock())  # of this process; between several Rasa's lock waits

        async def wait() -> None:
            async with turn:
                await answer

        task = asyncio.create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Incoming, sentence: str, app: Sanic, on_new_message: OnNewMessage) -> None:
        try:
            replies = [_said(sentence)] if sentence else await self._replies(message, app, on_new_message)
            await self.send(message.address, replies)
        except ApiError as error:
            _logger.warning(f"The channel {self.name()} could not send an answer: {error}.")
        except Exception:
            _logger.exception(f"The channel {self.name()} could not send an answer.")

    async def _replies(self, message: Incoming, app: Sanic, on_new_message: OnNewMessage) -> list[Message]:
        """Returns what to say to a message: never nothing."""
        try:
            # Giving up ends the turn before Rasa stores it, so that no late answer can come.
            replies = await asyncio.wait_for(self._ask(message, app, on_new_message), self._timeout)
        except _RefusedError as refusal:
            return [_said(SENTENCES[str(refusal)])]
        except asyncio.TimeoutError:
            _logger.warning(f"The channel {self.name()} has given up an answer after {self._timeout:g} s.")
            replies = []
        except Exception:
            _logger.exception(f"The channel {self.name()} got no answer.")
            replies = []
        return replies or [_said(SENTENCES["failed"])]

    async def _ask(self, message: Incoming, app: Sanic, on_new_message: OnNewMessage) -> list[Message]:
        # Pseudonyms, so that no phone number or account stands with a conversation.
        sender = f"{self.name()}-{self._pseudonym(f'{message.user}/{message.place}')}"
        text, shown = await self._read(message, app, sender)
        output = Collector(self.name())
        metadata = {SHOWN: shown} if shown != text else None
        message_id = new_request()  # of its own, as a request may bring several messages
        await on_new_message(
            UserMessage(text, output, sender, input_channel=self.name(), message_id=message_id, metadata=metadata)
        )
        return output.messages

    async def _read(self, message: Incoming, app: Sanic, sender: str) -> tuple[str, str]:
        """Returns what Rasa is given, and what history shows of it."""
        shown = encodable(message.text).strip()
        if message.command:
            return message.command, shown
        if message.payload or not self.has_buttons:
            messages = history(await web_store.read(app.ctx.agent, sender))
            titles = offered(messages)
            payload = message.payload or chosen(shown, choices(messages))
            if payload in titles:
                return payload, titles[payload]
            if message.payload:
                raise _RefusedError("unknown_button")
        text = as_typed(shown)
        if not text:
            raise _RefusedError("unreadable")
        if max(len(shown), len(text)) > MOST_CHARACTERS:
            raise _RefusedError("too_long")
        return text, shown

    async def _is_first(self, what: str, key: str, seconds: int) -> bool:
        """Notes something and tells whether that is the first time within so many seconds."""
        name = f"{self.name()}-{what}/{self._pseudonym(key)}"
        return await call(self._storage, self._storage.incr, name, seconds) == 1

    def _pseudonym(self, name: str) -> str:
        """Returns what stands for a name of the service's: always the same, and from which it cannot be found."""
        return hmac.new(self._key, encodable(name).encode(), hashlib.sha256).hexdigest()[:32]


class OffChannel(InputChannel):
    """Stands for a channel whose secrets are not set: it answers nothing.

    Args:
        name: name of that channel.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        """Returns the name of the channel."""
        return self._name

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Returns no routes."""
        return Blueprint(f"programme_chatbot_{self._name}", __name__)


class _RefusedError(Exception):
    """A message is not put to the bot; the text is the key of what to say instead."""


def _said(sentence: str) -> Message:
    return {"text": sentence, "buttons": [], "sources": []}
