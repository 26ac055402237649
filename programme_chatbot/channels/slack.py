"""Slack: direct messages to an app, and mentions of it in channels. How to set it up: docs/channels/slack.md."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot.channels.bodies import json_object
from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.formatting import mrkdwn, pieces
from programme_chatbot.channels.messages import Message
from programme_chatbot.channels.messaging import SENTENCES, Incoming, MessagingChannel
from programme_chatbot.channels.outgoing import ApiError
from programme_chatbot.channels.signatures import form, is_from_slack

MOST_BUTTONS = 5  # Slack refuses a row of more
_MOST_CHARACTERS = 2400  # of 3,000, as special characters get longer
_FORM = "application/x-www-form-urlencoded"
_MENTION = re.compile(r"<@[^>]*>")
_LINK = re.compile(r"<([^@#!|>][^|>]*)(?:\|([^>]*))?>")
_CODE = re.compile(r"\w{1,80}")


class _Event(BaseModel):
    type: str
    subtype: str = ""
    channel_type: str = ""
    user: str = ""
    bot_id: str = ""
    channel: str = ""
    text: str = ""
    ts: str = ""
    thread_ts: str = ""


class _Named(BaseModel):
    id: str


class _Shown(BaseModel):
    thread_ts: str = ""


class _Action(BaseModel):
    type: str
    value: str = ""
    action_ts: str = ""


class _Pressed(BaseModel):
    user: _Named
    channel: _Named
    message: _Shown = _Shown()
    actions: list[_Action]


class SlackChannel(MessagingChannel):
    """The channel, under /webhooks/slack/webhook, for events and pressed buttons alike."""

    names = ("signing_secret", "bot_token", "api_url")

    def is_signed(self, request: Request) -> bool:
        """Tells whether Slack has signed the body within the last five minutes."""
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        return is_from_slack(request.body, timestamp, signature, self.settings["signing_secret"])

    def content(self, request: Request) -> dict[str, Any]:
        """Returns the JSON of a request; that of a pressed button stands in a form."""
        if not request.headers.get("content-type", "").startswith(_FORM):
            return json_object(request)
        try:
            content = json.loads(form(request.body)["payload"])
        except (ValueError, KeyError, RecursionError):
            raise WebError("malformed") from None
        if not isinstance(content, dict):
            raise WebError("malformed")
        return content

    async def incoming(self, content: dict[str, Any]) -> list[Incoming]:
        """Returns the direct message, the mention or the pressed button, if it is one."""
        if content.get("type") == "event_callback":
            return _of_event(_Event.parse_obj(content.get("event")))
        if content.get("type") == "block_actions":
            return _of_button(_Pressed.parse_obj(content))
        return []

    def acknowledgement(self, content: dict[str, Any]) -> HTTPResponse:
        """Returns the challenge when Slack checks the address."""
        if content.get("type") == "url_verification":
            return response.json({"challenge": str(content.get("challenge", ""))})
        return response.text("")

    async def send(self, address: Mapping[str, str], messages: list[Message]) -> None:
        """Sends messages, into the thread that they belong to."""
        for message in messages:
            *before, last = pieces(message["text"], _MOST_CHARACTERS)
            for piece in before:
                await self._say(address, mrkdwn(piece, message["sources"]), [])
            await self._say(address, mrkdwn(last, message["sources"]), message["buttons"][:MOST_BUTTONS])

    async def _say(self, address: Mapping[str, str], text: str, buttons: list[Message]) -> None:
        # No previews of the linked pages, which would bury the answer.
        content: dict[str, Any] = {**address, "text": text, "unfurl_links": False, "unfurl_media": False}
        if buttons:
            elements = [
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": button["title"]},
                    "value": button["payload"],
                    "action_id": f"choice-{number}",
                }
                for number, button in enumerate(buttons)
            ]
            section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
            content["blocks"] = [section, {"type": "actions", "elements": elements}]
        headers = {"Authorization": f"Bearer {self.settings['bot_token']}"}
        answer = await self.api.call("/chat.postMessage", json=content, headers=headers)
        if answer.get("ok") is not True:  # Slack refuses with status 200
            code = str(answer.get("error", ""))
            raise ApiError(code if _CODE.fullmatch(code) else "refused")


def _of_event(event: _Event) -> list[Incoming]:
    is_direct = event.type == "message" and event.channel_type == "im"
    is_for_us = (is_direct or event.type == "app_mention") and event.subtype in ("", "file_share")
    if not is_for_us or event.bot_id or not (event.user and event.channel and event.ts):
        return []
    thread = event.thread_ts or ("" if is_direct else event.ts)  # in a channel of many, beside their talk
    # The time is Slack's id of a message within its channel. It also tells that two kinds of events are one message.
    id_, address = f"{event.channel}/{event.ts}", _address(event.channel, thread)
    text = _typed(event.text)
    sentence = "" if text else SENTENCES["unreadable"]
    return [Incoming(id_, event.user, address, f"{event.channel}/{thread}", text=text, sentence=sentence)]


def _of_button(pressed: _Pressed) -> list[Incoming]:
    return [
        Incoming(
            f"{pressed.user.id}/{action.action_ts}/{action.value}",
            pressed.user.id,
            _address(pressed.channel.id, pressed.message.thread_ts),
            f"{pressed.channel.id}/{pressed.message.thread_ts}",
            payload=action.value or "none",
        )
        for action in pressed.actions[:1]
        if action.type == "button"
    ]


def _address(channel: str, thread: str) -> dict[str, str]:
    return {"channel": channel, **({"thread_ts": thread} if thread else {})}


def _typed(text: str) -> str:
    """Returns what a user has typed, of Slack's notation: without mentions, and links as they were seen."""
    seen = _LINK.sub(lambda link: link[2] or link[1], _MENTION.sub(" ", text))
    return html.unescape(seen).strip()
