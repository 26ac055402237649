"""All messaging channels on a port of this machine, with a bot that says what it was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from limits.storage import Storage
from sanic import Sanic

from programme_chatbot.channels.limits import open_storage
from programme_chatbot.channels.messaging import MessagingChannel, MessagingLimits
from programme_chatbot.channels.messenger import MessengerChannel
from programme_chatbot.channels.slack import SlackChannel
from programme_chatbot.channels.telegram import TelegramChannel
from programme_chatbot.channels.twilio import TwilioChannel
from tests.channels.services import SERVICES, Apis, Service, apis
from tests.channels.web_server import EchoBot, serving_channels

CHANNELS: tuple[type[MessagingChannel], ...] = (TelegramChannel, SlackChannel, MessengerChannel, TwilioChannel)
Kind = TypeVar("Kind", bound=Service)


@dataclass
class Messaging:
    """The running channels."""

    app: Sanic
    bot: EchoBot
    apis: Apis
    storage: Storage
    channels: list[MessagingChannel]

    @property
    def port(self) -> int:
        """The port that the channels listen at."""
        return int(self.app.ctx.port)

    def of(self, kind: type[Kind]) -> Kind:
        """Returns a service that sends to the channels."""
        return kind(self.port, self.apis)

    def begin_afresh(self) -> None:
        """Forgets everything that has been said, once all answers under way have been sent."""
        self.bot.go_on.set()
        self.apis.wait_for(lambda: not any(channel._tasks for channel in self.channels))
        self.storage.reset()
        self.apis.calls.clear()
        self.apis.answers.clear()
        self.bot = self.app.ctx.agent = EchoBot()


@contextmanager
def serving_messaging(storage: Storage | None = None, **limits: float) -> Iterator[Messaging]:
    """Serves the channels."""
    bot = EchoBot()
    storage = storage or open_storage()
    with apis() as served:
        settings = {kind.name: {**kind.settings, "api_url": f"{served.url}/{kind.name}"} for kind in SERVICES}
        channels = [kind(settings[kind.name()], storage, MessagingLimits(**limits)) for kind in CHANNELS]
        with serving_channels(channels, bot) as app:
            yield Messaging(app, bot, served, storage, channels)
