"""Twilio: SMS and WhatsApp, without buttons: users choose by number. How to set it up: docs/channels/twilio.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import BasicAuth
from pydantic import BaseModel
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.formatting import choices, numbered, pieces
from programme_chatbot.channels.messages import Message
from programme_chatbot.channels.messaging import SENTENCES, Incoming, MessagingChannel
from programme_chatbot.channels.signatures import form, is_from_twilio

MOST_CHARACTERS = 1600
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class _Received(BaseModel):
    MessageSid: str
    From: str
    To: str
    Body: str = ""
    OptOutType: str = ""


class TwilioChannel(MessagingChannel):
    """The channel, under /webhooks/twilio/webhook; it answers from the number that was written to."""

    names = ("auth_token", "account_sid", "webhook_url", "api_url")
    has_buttons = False

    def is_signed(self, request: Request) -> bool:
        """Tells whether Twilio has signed the form for the registered address; what a proxy says of it is not asked."""
        signature = request.headers.get("x-twilio-signature", "")
        return is_from_twilio(self.settings["webhook_url"], request.body, signature, self.settings["auth_token"])

    def content(self, request: Request) -> dict[str, Any]:
        """Returns the fields of the form."""
        try:
            return dict(form(request.body))
        except ValueError:
            raise WebError("malformed") from None

    async def incoming(self, content: dict[str, Any]) -> list[Incoming]:
        """Returns the message."""
        received = _Received.parse_obj(content)
        if received.OptOutType:  # STOP, START and HELP, which Twilio has answered itself
            return []
        address = {"From": received.To, "To": received.From}
        sentence = "" if received.Body.strip() else SENTENCES["unreadable"]
        return [Incoming(received.MessageSid, received.From, address, received.To, received.Body, sentence=sentence)]

    def acknowledgement(self, content: dict[str, Any]) -> HTTPResponse:
        """Returns an empty TwiML document: the answer follows."""
        return response.text(_NOTHING_TO_SAY, content_type="text/xml")

    async def send(self, address: Mapping[str, str], messages: list[Message]) -> None:
        """Sends the messages of a turn as one, as each costs money and several may arrive in any order."""
        text = "\n\n".join([*(message["text"] for message in messages), numbered(choices(messages))])
        plain = text.replace("•", "-")  # one character that SMS's own alphabet lacks would make all of it twice as dear
        for piece in pieces(plain, MOST_CHARACTERS):
            await self.api.call(
                f"/2010-04-01/Accounts/{self.settings['account_sid']}/Messages.json",
                data={**address, "Body": piece},
                auth=BasicAuth(self.settings["account_sid"], self.settings["auth_token"]),
            )
