"""Facebook Messenger: chats with a page, answered by Meta's Send API. How to set it up: docs/channels/messenger.md."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.formatting import choices, pieces, shortened
from programme_chatbot.channels.messages import Message
from programme_chatbot.channels.messaging import GREETING, SENTENCES, Incoming, MessagingChannel
from programme_chatbot.channels.signatures import is_from_meta, same

MOST_CHARACTERS = 2000
MOST_BUTTONS = 3
MOST_TITLE_CHARACTERS = 20
GET_STARTED = "get_started"  # what the button of a new chat sends, as docs/channels/messenger.md sets it
_logger = logging.getLogger(__name__)


class _Named(BaseModel):
    id: str


class _QuickReply(BaseModel):
    payload: str = ""


class _Sent(BaseModel):
    mid: str
    text: str = ""
    is_echo: bool = False
    quick_reply: _QuickReply | None = None
    attachments: Any = None


class _Postback(BaseModel):
    mid: str = ""
    title: str = ""
    payload: str = ""


class _Messaging(BaseModel):
    sender: _Named
    timestamp: int = 0
    message: _Sent | None = None
    postback: _Postback | None = None


class _Entry(BaseModel):
    messaging: list[_Messaging] = []


class _Notification(BaseModel):
    object: str
    entry: list[_Entry]


class MessengerChannel(MessagingChannel):
    """The channel, under /webhooks/messenger/webhook."""

    names = ("app_secret", "page_access_token", "verify_token", "api_url")

    def is_signed(self, request: Request) -> bool:
        """Tells whether Meta has signed the body with the secret of the app."""
        signature = request.headers.get("x-hub-signature-256", "")
        return is_from_meta(request.body, signature, self.settings["app_secret"])

    def verification(self, request: Request) -> HTTPResponse:
        """Returns the challenge when Meta checks the address with the verify token."""
        is_known = same(request.args.get("hub.verify_token", ""), self.settings["verify_token"])
        if not is_known or request.args.get("hub.mode") != "subscribe":
            _logger.warning("The channel messenger has refused to be verified: the verify token is missing or wrong.")
            raise WebError("verification")
        return response.text(request.args.get("hub.challenge", ""), headers={"X-Content-Type-Options": "nosniff"})

    async def incoming(self, content: dict[str, Any]) -> list[Incoming]:
        """Returns the messages and pressed buttons of a notification, the oldest first."""
        notification = _Notification.parse_obj(content)
        events = [event for entry in notification.entry for event in entry.messaging]
        ordered = sorted(events, key=lambda event: event.timestamp)
        found = [_of_event(event) for event in ordered] if notification.object == "page" else []
        return [incoming for incoming in found if incoming is not None]

    async def send(self, address: Mapping[str, str], messages: list[Message]) -> None:
        """Sends messages; all choices stand under the last, as Messenger takes them away when another follows."""
        texts = [piece for message in messages for piece in pieces(message["text"], MOST_CHARACTERS)]
        replies = [
            {
                "content_type": "text",
                "title": shortened(button["title"], MOST_TITLE_CHARACTERS),
                "payload": button["payload"],
            }
            for button in choices(messages)[:MOST_BUTTONS]
        ]
        for number, text in enumerate(texts, 1):
            message = {"text": text, **({"quick_replies": replies} if replies and number == len(texts) else {})}
            content = {"recipient": dict(address), "messaging_type": "RESPONSE", "message": message}
            token = {"access_token": self.settings["page_access_token"]}
            await self.api.call("/me/messages", json=content, params=token)


def _of_event(event: _Messaging) -> Incoming | None:
    user, address = event.sender.id, {"id": event.sender.id}
    if (message := event.message) is not None and not message.is_echo:
        if message.quick_reply and message.quick_reply.payload:
            return Incoming(message.mid, user, address, text=message.text, payload=message.quick_reply.payload)
        sentence = "" if message.text else SENTENCES["unreadable"]
        return Incoming(message.mid, user, address, text=message.text, sentence=sentence)
    if (postback := event.postback) is not None:
        id_ = postback.mid or f"{user}/{event.timestamp}"
        if postback.payload == GET_STARTED:
            return Incoming(id_, user, address, text=postback.title, command=GREETING)
        return Incoming(id_, user, address, text=postback.title, payload=postback.payload or "none")
    return None  # read, delivered, reactions, our own messages
