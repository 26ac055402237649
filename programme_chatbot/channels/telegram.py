"""Telegram: private chats with a bot, answered by Telegram's Bot API. How to set it up: docs/channels/telegram.md."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from limits.storage import Storage
from pydantic import BaseModel, Field
from sanic.request import Request

from programme_chatbot.channels.formatting import pieces
from programme_chatbot.channels.messages import Message
from programme_chatbot.channels.messaging import GREETING, HELP, SENTENCES, Incoming, MessagingChannel, MessagingLimits
from programme_chatbot.channels.outgoing import ApiError
from programme_chatbot.channels.signatures import same
from programme_chatbot.settings import SettingsError

MOST_CHARACTERS = 4096
MOST_PAYLOAD_BYTES = 64
PRIVATE_ONLY = "I am an automated assistant and answer in private chats only: https://t.me/{name}"
_LEAST_SECRET_CHARACTERS = 16
_COMMANDS = {"start": GREETING, "help": HELP}
_COMMAND = re.compile(r"/(start|help)(?:@\w+)?(?:\s.*)?", re.IGNORECASE | re.DOTALL)
_NAME_SECONDS = 3.0


class _User(BaseModel):
    id: int
    is_bot: bool = False
    username: str = ""


class _Chat(BaseModel):
    id: int
    type: str


class _Sent(BaseModel):
    """A message, of which only what we use is read."""

    chat: _Chat
    sender: _User | None = Field(None, alias="from")
    text: str = ""
    caption: str = ""
    media_group_id: str = ""
    reply_to_message: _Sent | None = None
    sticker: Any = None
    photo: Any = None
    voice: Any = None
    video: Any = None
    video_note: Any = None
    audio: Any = None
    animation: Any = None
    document: Any = None
    location: Any = None
    contact: Any = None
    poll: Any = None
    story: Any = None

    @property
    def written(self) -> str:
        return self.text or self.caption

    @property
    def holds_something(self) -> bool:
        """Whether it is more than a notice of Telegram's, such as that somebody has joined."""
        no_content = {"chat", "sender", "media_group_id", "reply_to_message"}
        return any(value for name, value in self if name not in no_content)


_Sent.update_forward_refs()


class _Pressed(BaseModel):
    id: str
    sender: _User = Field(..., alias="from")
    message: _Sent | None = None
    data: str = ""


class _Update(BaseModel):
    update_id: int
    message: _Sent | None = None  # edited messages come under another name and are left out: they have been answered
    callback_query: _Pressed | None = None


class TelegramChannel(MessagingChannel):
    """The channel, under /webhooks/telegram/webhook."""

    names = ("bot_token", "secret_token", "api_url")

    def __init__(self, settings: Mapping[str, str], storage: Storage, limits: MessagingLimits | None = None) -> None:
        if len(settings["secret_token"]) < _LEAST_SECRET_CHARACTERS:
            raise SettingsError(
                f"The secret token of Telegram has fewer than {_LEAST_SECRET_CHARACTERS} characters; "
                "make one with `openssl rand -hex 32`."
            )
        super().__init__(settings, storage, limits)
        self._own_name = ""

    def is_signed(self, request: Request) -> bool:
        """Tells whether the secret token that the webhook was registered with is there."""
        return same(request.headers.get("x-telegram-bot-api-secret-token", ""), self.settings["secret_token"])

    async def incoming(self, content: dict[str, Any]) -> list[Incoming]:
        """Returns the message of an update."""
        update = _Update.parse_obj(content)
        id_ = str(update.update_id)
        if pressed := update.callback_query:
            if pressed.message is None:
                return []
            address = {"chat": str(pressed.message.chat.id), "pressed": pressed.id}
            return [Incoming(id_, str(pressed.sender.id), address, address["chat"], payload=pressed.data or "none")]
        message = update.message
        if message is None or message.sender is None or message.sender.is_bot or not message.holds_something:
            return []
        if message.media_group_id:  # pictures that were sent as one come as one update each
            id_ = f"album/{message.media_group_id}"
        incoming = Incoming(id_, str(message.sender.id), {"chat": str(message.chat.id)}, str(message.chat.id))
        if message.chat.type != "private":
            return await self._in_group(message, incoming)
        return [_read(message, incoming)]

    async def send(self, address: Mapping[str, str], messages: list[Message]) -> None:
        """Sends messages; a pressed button stops showing that it waits."""
        if "pressed" in address:
            with suppress(ApiError):  # Telegram refuses when it was pressed some time ago; the answer counts
                await self._call("answerCallbackQuery", callback_query_id=address["pressed"])
        for message in messages:
            *before, last = pieces(message["text"], MOST_CHARACTERS)
            for piece in before:
                await self._say(address, piece)
            rows = [
                [{"text": button["title"], "callback_data": button["payload"]}]
                for button in message["buttons"]
                if len(button["payload"].encode()) <= MOST_PAYLOAD_BYTES
            ]
            await self._say(address, last, **({"reply_markup": {"inline_keyboard": rows}} if rows else {}))

    async def _in_group(self, message: _Sent, incoming: Incoming) -> list[Incoming]:
        """Says once where the bot answers if it is spoken to; a conversation there would be everybody's."""
        name = await self._name()
        answered = message.reply_to_message.sender if message.reply_to_message else None
        is_meant = f"@{name}".lower() in message.written.lower() or (answered and answered.username == name)
        return [replace(incoming, sentence=PRIVATE_ONLY.format(name=name))] if name and is_meant else []

    async def _name(self) -> str:
        """Returns the bot's own name, which Telegram is asked for once; empty if it does not say."""
        if not self._own_name:
            try:
                found = await asyncio.wait_for(self._call("getMe"), _NAME_SECONDS)
                self._own_name = _User.parse_obj(found.get("result")).username
            except (ApiError, asyncio.TimeoutError, ValueError):
                return ""
        return self._own_name

    async def _say(self, address: Mapping[str, str], text: str, **options: Any) -> None:
        options["link_preview_options"] = {"is_disabled": True}
        await self._call("sendMessage", chat_id=int(address["chat"]), text=text, **options)

    async def _call(self, method: str, **content: Any) -> dict[str, Any]:
        return await self.api.call(f"/bot{self.settings['bot_token']}/{method}", json=content)


def _read(message: _Sent, incoming: Incoming) -> Incoming:
    if command := _COMMAND.fullmatch(message.written):
        return replace(incoming, text=message.written, command=_COMMANDS[command[1].lower()])
    if message.written:
        return replace(incoming, text=message.written)
    return replace(incoming, sentence=SENTENCES["unreadable"])
