"""The messaging services as our channels see them: their signed requests, and their APIs on this machine.

The shapes of requests follow the services' public documentation; all values are our own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

PUBLIC_URL = "https://chat.example.org/webhooks/twilio/webhook"  # what a proxy before the bot is called
_ids = itertools.count(1)


@dataclass(frozen=True)
class Reply:
    """A message that a user sees."""

    text: str
    titles: tuple[str, ...] = ()
    payloads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """A request to the API of a service."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: dict[str, Any]


@dataclass
class Apis:
    """The APIs of all services: note what they are sent, and answer `answers` first (status, body)."""

    url: str
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def wait_for(self, is_there: Callable[[], bool]) -> None:
        """Waits until something has been sent."""
        deadline = time.monotonic() + 30
        while not is_there():
            assert time.monotonic() < deadline, f"only this was sent: {self.calls}"
            time.sleep(0.01)


@contextmanager
def apis() -> Iterator[Apis]:
    """Serves the APIs on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            parts = urlsplit(self.path)
            is_json = self.headers["Content-Type"] == "application/json"
            content = json.loads(body) if is_json else dict(parse_qsl(body, keep_blank_values=True))
            served.calls.append(Call(parts.path, dict(parse_qsl(parts.query)), dict(self.headers), content))
            usual = {"ok": True, "result": {"id": 7, "is_bot": True, "username": "OurBot"}}
            status, answer = served.answers.pop(0) if served.answers else (200, usual)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 429:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Apis(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Service:
    """A messaging service with its users, who are numbers here.

    Args:
        port: where the bot listens.
        apis: where its API is.
    """

    name: ClassVar[str]
    settings: ClassVar[dict[str, str]]  # secrets that only the tests know

    def __init__(self, port: int, apis: Apis) -> None:
        self.url = f"http://127.0.0.1:{port}/webhooks/{self.name}/webhook"
        self.apis = apis

    @classmethod
    def environment(cls, apis: Apis) -> dict[str, str]:
        """Returns the variables that switch the channel on."""
        given = {**cls.settings, "api_url": f"{apis.url}/{cls.name}"}
        return {f"{cls.name}_{name}".upper(): value for name, value in given.items()}

    # What the service sends

    def text(self, user: int, text: str, id_: int) -> bytes:
        """Returns the body of the request that brings a text."""
        raise NotImplementedError

    def button(self, user: int, payload: str, id_: int) -> bytes:
        """Returns the body of the request that brings a pressed button."""
        raise NotImplementedError

    def media(self, user: int, id_: int) -> bytes:
        """Returns the body of the request that brings a picture."""
        raise NotImplementedError

    def headers(self, body: bytes) -> dict[str, str]:
        """Returns the headers, among them the signature."""
        raise NotImplementedError

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> requests.Response:
        """Sends a body, signed unless headers are given."""
        return requests.post(self.url, body, headers=self.headers(body) if headers is None else headers, timeout=20)

    def say(self, user: int, text: str, id_: int = 0) -> requests.Response:
        """Sends a text of a user."""
        return self.post(self.text(user, text, id_ or next(_ids)))

    def press(self, user: int, payload: str, id_: int = 0) -> requests.Response:
        """Sends a pressed button of a user."""
        return self.post(self.button(user, payload, id_ or next(_ids)))

    # What its users see

    def replies(self, user: int) -> list[Reply]:
        """Returns what a user has been sent so far."""
        calls = [call for call in self.apis.calls if call.path.startswith(f"/{self.name}/")]
        return [reply for call in calls if (reply := self.reply(call, user)) is not None]

    def reply(self, call: Call, user: int) -> Reply | None:
        """Returns the message of a call of the API, if it is one to that user."""
        raise NotImplementedError

    def ask(self, user: int, text: str, count: int = 1) -> list[Reply]:
        """Sends a text and waits for so many messages; returns them."""
        return self.new_replies(user, lambda: self.say(user, text), count)

    def new_replies(self, user: int, act: Callable[[], requests.Response], count: int = 1) -> list[Reply]:
        """Does something and waits for so many messages; returns them."""
        before = len(self.replies(user))
        answer = act()
        assert answer.status_code == 200, answer.text
        self.apis.wait_for(lambda: len(self.replies(user)) >= before + count)
        return self.replies(user)[before:]


class Telegram(Service):
    name = "telegram"
    settings: ClassVar = {"bot_token": "110:test-bot-token", "secret_token": "test-secret-token-of-telegram"}

    def message(self, user: int, id_: int, /, chat: dict[str, Any] | None = None, **content: Any) -> bytes:
        sender = {"id": user, "is_bot": False, "first_name": "Ada", "language_code": "en"}
        message = {
            "message_id": id_,
            "from": sender,
            "chat": chat or {"id": user, "first_name": "Ada", "type": "private"},
            "date": 1_760_000_000,
            **content,
        }
        return json.dumps({"update_id": 900_000_000 + id_, "message": message}).encode()

    def text(self, user: int, text: str, id_: int) -> bytes:
        return self.message(user, id_, text=text)

    def media(self, user: int, id_: int) -> bytes:
        return self.message(user, id_, photo=[{"file_id": "p1", "file_unique_id": "u1", "width": 90, "height": 60}])

    def button(self, user: int, payload: str, id_: int) -> bytes:
        pressed = {
            "id": f"4382bfdwdsb{id_}",
            "from": {"id": user, "is_bot": False, "first_name": "Ada"},
            "message": {
                "message_id": id_,
                "from": {"id": 7, "is_bot": True, "first_name": "Programme", "username": "OurBot"},
                "chat": {"id": user, "first_name": "Ada", "type": "private"},
                "date": 1_760_000_000,
                "text": "What do you want to know?",
            },
            "chat_instance": "8428209589180549439",
            "data": payload,
        }
        return json.dumps({"update_id": 900_000_000 + id_, "callback_query": pressed}).encode()

    def headers(self, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": self.settings["secret_token"],
        }

    def reply(self, call: Call, user: int) -> Reply | None:
        if call.path != f"/telegram/bot{self.settings['bot_token']}/sendMessage" or call.content["chat_id"] != user:
            return None
        rows = call.content.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        titles, payloads = ([button[key] for button in buttons] for key in ("text", "callback_data"))
        return Reply(call.content["text"], tuple(titles), tuple(payloads))


class Slack(Service):
    name = "slack"
    settings: ClassVar = {"signing_secret": "test-signing-secret-of-slack", "bot_token": "xoxb-test-bot-token"}

    def event(self, user: int, id_: int, /, **content: Any) -> bytes:
        event = {
            "type": "message",
            "channel_type": "im",
            "user": f"U{user:08}",
            "channel": f"D{user:08}",
            "ts": f"1760000000.{id_:06}",
            "event_ts": f"1760000000.{id_:06}",
            **content,
        }
        body = {
            "type": "event_callback",
            "token": "old-verification-token",
            "team_id": "T00000001",
            "api_app_id": "A00000001",
            "event_id": f"Ev{id_:08}",
            "event_time": 1_760_000_000,
            "authorizations": [{"team_id": "T00000001", "user_id": "U0OURBOT", "is_bot": True}],
            "event": {name: value for name, value in event.items() if value is not None},
        }
        return json.dumps(body).encode()

    def text(self, user: int, text: str, id_: int) -> bytes:
        written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self.event(user, id_, text=written, client_msg_id=f"c-{id_}")

    def media(self, user: int, id_: int) -> bytes:
        return self.event(user, id_, subtype="file_share", text="", files=[{"id": "F1", "mimetype": "image/png"}])

    def button(self, user: int, payload: str, id_: int, thread: str = "") -> bytes:
        message = {"type": "message", "ts": "1760000000.000001", "text": "What do you want to know?"}
        content = {
            "type": "block_actions",
            "user": {"id": f"U{user:08}", "username": "ada", "team_id": "T00000001"},
            "api_app_id": "A00000001",
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": f"D{user:08}"},
            "trigger_id": "12466734323.1395872398",
            "channel": {"id": f"D{user:08}", "name": "directmessage"},
            "message": {**message, **({"thread_ts": thread} if thread else {})},
            "response_url": "https://hooks.slack.example/actions/T1/1/x",
            "actions": [
                {
                    "type": "button",
                    "action_id": "choice-0",
                    "block_id": "b1",
                    "text": {"type": "plain_text", "text": "Title"},
                    "value": payload,
                    "action_ts": f"1760000001.{id_:06}",
                }
            ],
        }
        return urlencode({"payload": json.dumps(content)}).encode()

    def headers(self, body: bytes, timestamp: float | None = None) -> dict[str, str]:
        seconds = str(int(timestamp or time.time()))
        signed = b"v0:" + seconds.encode() + b":" + body
        digest = hmac.new(self.settings["signing_secret"].encode(), signed, hashlib.sha256).hexdigest()
        is_form = body.startswith(b"payload=")
        return {
            "Content-Type": "application/x-www-form-urlencoded" if is_form else "application/json",
            "X-Slack-Request-Timestamp": seconds,
            "X-Slack-Signature": f"v0={digest}",
        }

    def reply(self, call: Call, user: int) -> Reply | None:
        if call.path != "/slack/chat.postMessage" or call.content["channel"] != f"D{user:08}":
            return None
        assert call.headers["Authorization"] == f"Bearer {self.settings['bot_token']}"
        blocks = {block["type"]: block for block in call.content.get("blocks", [])}
        buttons = blocks.get("actions", {}).get("elements", [])
        titles = [button["text"]["text"] for button in buttons]
        return Reply(call.content["text"], tuple(titles), tuple(button["value"] for button in buttons))


class Messenger(Service):
    name = "messenger"
    settings: ClassVar = {
        "app_secret": "test-app-secret-of-messenger",
        "page_access_token": "test-page-token",
        "verify_token": "test-verify-token",
    }

    def notification(self, *events: dict[str, Any]) -> bytes:
        entry = {"id": "1000", "time": 1_760_000_000_000, "messaging": list(events)}
        return json.dumps({"object": "page", "entry": [entry]}).encode()

    def event(self, user: int, id_: int, /, **content: Any) -> dict[str, Any]:
        common = {"sender": {"id": str(user)}, "recipient": {"id": "1000"}, "timestamp": 1_760_000_000_000 + id_}
        return {**common, **content}

    def text(self, user: int, text: str, id_: int) -> bytes:
        return self.notification(self.event(user, id_, message={"mid": f"m_{id_}", "text": text}))

    def media(self, user: int, id_: int) -> bytes:
        attachments = [{"type": "image", "payload": {"url": "https://cdn.example.org/p.jpg"}}]
        return self.notification(self.event(user, id_, message={"mid": f"m_{id_}", "attachments": attachments}))

    def button(self, user: int, payload: str, id_: int) -> bytes:
        message = {"mid": f"m_{id_}", "text": "Title", "quick_reply": {"payload": payload}}
        return self.notification(self.event(user, id_, message=message))

    def headers(self, body: bytes) -> dict[str, str]:
        key = self.settings["app_secret"].encode()
        return {
            "Content-Type": "application/json",
            "X-Hub-Signature": f"sha1={hmac.new(key, body, hashlib.sha1).hexdigest()}",
            "X-Hub-Signature-256": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}",
        }

    def reply(self, call: Call, user: int) -> Reply | None:
        if call.path != "/messenger/me/messages" or call.content["recipient"] != {"id": str(user)}:
            return None
        assert call.query == {"access_token": self.settings["page_access_token"]}
        assert call.content["messaging_type"] == "RESPONSE"
        message = call.content["message"]
        buttons = message.get("quick_replies", [])
        titles, payloads = ([button[key] for button in buttons] for key in ("title", "payload"))
        return Reply(message["text"], tuple(titles), tuple(payloads))


class Twilio(Service):
    name = "twilio"
    settings: ClassVar = {
        "auth_token": "test-auth-token-of-twilio",
        "account_sid": "AC00000000000000000000000000000001",
        "webhook_url": PUBLIC_URL,
    }
    number = "+46700000000"
    kind = ""  # before numbers

    def form(self, user: int, id_: int, /, **content: str) -> bytes:
        fields = {
            "MessageSid": f"SM{id_:032}",
            "SmsMessageSid": f"SM{id_:032}",
            "AccountSid": self.settings["account_sid"],
            "ApiVersion": "2010-04-01",
            "From": f"{self.kind}+46701{user:06}",
            "To": f"{self.kind}{self.number}",
            "FromCity": "",
            "NumMedia": "0",
            "NumSegments": "1",
            **content,
        }
        return urlencode(fields).encode()

    def text(self, user: int, text: str, id_: int) -> bytes:
        return self.form(user, id_, Body=text)

    def media(self, user: int, id_: int) -> bytes:
        media = {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.example.org/m/1"}
        return self.form(user, id_, Body="", **media)

    def headers(self, body: bytes, url: str = PUBLIC_URL) -> dict[str, str]:
        fields = sorted(parse_qsl(body.decode(), keep_blank_values=True))
        signed = url + "".join(name + value for name, value in fields)
        digest = hmac.new(self.settings["auth_token"].encode(), signed.encode(), hashlib.sha1).digest()
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
        }

    def reply(self, call: Call, user: int) -> Reply | None:
        path = f"/twilio/2010-04-01/Accounts/{self.settings['account_sid']}/Messages.json"
        if call.path != path or call.content["To"] != f"{self.kind}+46701{user:06}":
            return None
        assert call.content["From"] == f"{self.kind}{self.number}"
        login = f"{self.settings['account_sid']}:{self.settings['auth_token']}"
        assert call.headers["Authorization"] == f"Basic {base64.b64encode(login.encode()).decode()}"
        return Reply(call.content["Body"])


class WhatsApp(Twilio):
    kind = "whatsapp:"


SERVICES: tuple[type[Service], ...] = (Telegram, Slack, Messenger, Twilio)
WITH_BUTTONS: tuple[type[Service], ...] = (Telegram, Slack, Messenger)
