"""Channels on a port of this machine, with Rasa's own stores and locks and a bot that needs no model."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.server import configure_cors
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from programme_chatbot.channels.limits import open_storage
from programme_chatbot.channels.web import WebChannel
from programme_chatbot.channels.web_settings import WebSettings
from programme_chatbot.launcher import free_port

SECRET = "a secret that only the tests know, long enough"
PAGE = "http://127.0.0.1:8000"
DOMAIN = Domain.from_dict(
    {
        "slots": {
            "feedback": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]},
        }
    }
)
SOURCE = {"title": "The page", "url": "https://www.example.org/page"}
BUTTONS = [{"title": f"Title of {name}", "payload": f"topic:{name}"} for name in ("fees", "dates")]
_numbers = itertools.count()
Sanic.test_mode = True  # more than one server in a process


class EchoBot:
    """Stands in for Rasa's agent: says what it was given.

    "wait" is answered when `go_on` is set, "silence" not at all, "crash" by an exception, and "offer" with buttons.
    """

    def __init__(self, store: TrackerStore | None = None) -> None:
        self.domain = DOMAIN
        self.tracker_store = FailSafeTrackerStore(store or InMemoryTrackerStore(DOMAIN))
        self.lock_store = InMemoryLockStore()
        self.action_endpoint: EndpointConfig | None = None
        self.ready = True
        self.go_on = threading.Event()
        self.waiting = threading.Event()
        self.given: list[str] = []
        self.message_ids: list[str] = []
        self.metadata = {"topic": "fees.amount", "status": "answered", "sources": [SOURCE], "language": "en"}

    def is_ready(self) -> bool:
        return self.ready

    async def handle_message(self, message: UserMessage) -> None:
        async with self.lock_store.lock(message.sender_id):
            self.given.append(message.text)
            self.message_ids.append(message.message_id)
            if message.text == "crash":
                raise RuntimeError("a secret detail")
            tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
            tracker.update(UserUttered(message.text, message_id=message.message_id, metadata=message.metadata))
            if message.text == "wait":
                self.waiting.set()
                while not self.go_on.is_set():
                    await asyncio.sleep(0.01)
            if message.text != "silence":
                metadata: dict[str, Any] = dict(self.metadata)
                if message.text == "card":
                    metadata["card"] = {"type": "list", "title": "Fees", "items": ["one"]}
                buttons = BUTTONS if message.text == "offer" else None
                event = BotUttered(f"You said: {message.text}", {"buttons": buttons}, metadata)
                tracker.update(event)
                await message.output_channel.send_response(message.sender_id, event.message())
            await self.tracker_store.save(tracker)


class Web:
    """A running channel, as clients see it."""

    def __init__(self, port: int, bot: EchoBot) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/webhooks/web"
        self.bot = bot

    def call(self, method: str, path: str, token: str = "", **options: Any) -> requests.Response:
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **options.pop("headers", {})}
        return requests.request(method, f"{self.url}/{path}", headers=headers, timeout=20, **options)

    def start(self) -> str:
        answer = self.call("POST", "session")
        assert answer.status_code == 201
        token: str = answer.json()["token"]
        return token

    def say(self, token: str, text: str) -> requests.Response:
        return self.call("POST", "messages", token, json={"text": text})

    def press(self, token: str, payload: str) -> requests.Response:
        return self.call("POST", "messages", token, json={"payload": payload})

    def rate(self, token: str, message: str, value: str) -> requests.Response:
        return self.call("POST", "feedback", token, json={"message": message, "value": value})

    def history(self, token: str) -> list[dict[str, Any]]:
        answer = self.call("GET", "history", token)
        assert answer.status_code == 200
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


def error_of(answer: requests.Response) -> tuple[int, str]:
    """Returns status and code of an error, after checking its shape."""
    error = answer.json()
    assert error.keys() == {"error"}
    assert error["error"].keys() == {"code", "message"}
    assert error["error"]["message"].endswith(".")
    assert "Traceback" not in answer.text
    return answer.status_code, error["error"]["code"]


@contextmanager
def serving(bot: EchoBot | None = None, redis_url: str = "", cors: str | None = None, **settings: Any) -> Iterator[Web]:
    """Serves the web channel as Rasa does, with its CORS in front."""
    bot = bot or EchoBot()
    with serving_channels([WebChannel(WebSettings(**settings), SECRET, open_storage(redis_url))], bot, cors) as app:
        yield Web(app.ctx.port, bot)


@contextmanager
def serving_channels(channels: list[InputChannel], bot: EchoBot, cors: str | None = None) -> Iterator[Sanic]:
    """Serves channels as Rasa does; yields the app, whose `ctx.port` is the port."""
    app = Sanic(f"channel-test-{next(_numbers)}", configure_logging=False)
    configure_cors(app, cors)
    register(channels, app, route="/webhooks/")
    app.ctx.agent = bot
    port = app.ctx.port = free_port()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def start() -> Any:
        server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        started.set()
        return server

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(server.before_stop())
        server.close()
        loop.run_until_complete(server.wait_closed())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield app
    finally:
        app.ctx.agent.go_on.set()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
