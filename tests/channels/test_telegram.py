"""What is particular to Telegram."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from programme_chatbot.channels.limits import open_storage
from programme_chatbot.channels.messages import Message
from programme_chatbot.channels.messaging import SENTENCES
from programme_chatbot.channels.telegram import MOST_CHARACTERS, MOST_PAYLOAD_BYTES, TelegramChannel
from programme_chatbot.knowledge.topics import PAYLOAD_PREFIX, TOPICS
from programme_chatbot.settings import SettingsError
from tests.channels.messaging_server import Messaging
from tests.channels.services import Call, Telegram
from tests.channels.test_messaging import ADA, finish, texts

GROUP = {"id": -1001, "title": "Applicants", "type": "supergroup"}


@pytest.fixture
def telegram(messaging: Messaging) -> Telegram:
    return messaging.of(Telegram)


def calls(messaging: Messaging, method: str) -> list[Call]:
    return [call for call in messaging.apis.calls if call.path.endswith(f"/{method}")]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("/start", "topic:social.greet"),
        ("/start from-the-programme-page", "topic:social.greet"),
        ("/start@OurBot", "topic:social.greet"),
        ("/help", "topic:social.help"),
        ("/HELP", "topic:social.help"),
        ("/helpless", "helpless"),
        ("/settings", "settings"),
        ("help /start", "help /start"),
    ],
)
def test_start_and_help_are_the_only_commands(messaging: Messaging, telegram: Telegram, text: str, given: str) -> None:
    telegram.ask(ADA, text)
    assert messaging.bot.given == [given]


def test_a_pressed_button_stops_waiting_even_if_telegram_no_longer_cares(
    messaging: Messaging, telegram: Telegram
) -> None:
    telegram.ask(ADA, "offer")
    messaging.apis.answers.append((400, {"ok": False, "description": "query is too old"}))
    telegram.new_replies(ADA, lambda: telegram.press(ADA, "topic:fees", 31))
    assert [call.content for call in calls(messaging, "answerCallbackQuery")] == [
        {"callback_query_id": "4382bfdwdsb31"}
    ]
    assert texts(telegram, ADA)[-1] == "You said: topic:fees"


def test_the_caption_of_a_picture_is_read(messaging: Messaging, telegram: Telegram) -> None:
    photo = [{"file_id": "p1", "file_unique_id": "u1", "width": 90, "height": 60}]
    telegram.post(telegram.message(ADA, 41, photo=photo, caption="Is this enough?"))
    finish(messaging, telegram, ADA)
    assert messaging.bot.given == ["Is this enough?", "and then?"]


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "s1", "emoji": "👍", "width": 512, "height": 512}},
        {"voice": {"file_id": "v1", "duration": 3}},
        {"location": {"longitude": 18.07, "latitude": 59.35}},
        {"document": {"file_id": "d1", "file_name": "transcript.pdf"}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_is_no_text_gets_a_sentence(messaging: Messaging, telegram: Telegram, content: dict[str, Any]) -> None:
    (reply,) = telegram.new_replies(ADA, lambda: telegram.post(telegram.message(ADA, 51, **content)))
    assert reply.text == SENTENCES["unreadable"]
    assert messaging.bot.given == []


def test_pictures_that_were_sent_as_one_get_one_sentence(messaging: Messaging, telegram: Telegram) -> None:
    for id_ in (61, 62, 63):
        telegram.post(telegram.message(ADA, id_, media_group_id="135", photo=[{"file_id": f"p{id_}"}]))
    finish(messaging, telegram, ADA)
    assert texts(telegram, ADA) == [SENTENCES["unreadable"], "You said: and then?"]


@pytest.mark.parametrize(
    "update",
    [
        {"edited_message": {"message_id": 1, "from": {"id": ADA}, "chat": {"id": ADA, "type": "private"}, "text": "x"}},
        {"channel_post": {"message_id": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"message": {"message_id": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"message": {"from": {"id": 5, "is_bot": True}, "chat": {"id": ADA, "type": "private"}, "text": "x"}},
        {"message": {"from": {"id": ADA}, "chat": {"id": ADA, "type": "private"}, "pinned_message": {"date": 0}}},
        {"message": {"from": {"id": ADA}, "chat": GROUP, "new_chat_members": [{"id": 7, "is_bot": True}]}},
        {"message": {"from": {"id": ADA}, "chat": GROUP, "text": "Who has been admitted?"}},
        {"message": {"from": {"id": ADA}, "chat": GROUP, "text": "/start"}},
        {"callback_query": {"id": "1", "from": {"id": ADA}, "inline_message_id": "5", "data": "topic:fees"}},
    ],
    ids=range(9),
)
def test_what_is_not_said_to_the_bot_gets_no_reply(
    messaging: Messaging, telegram: Telegram, update: dict[str, Any]
) -> None:
    assert telegram.post(json.dumps({"update_id": 71, **update}).encode()).status_code == 200
    finish(messaging, telegram, ADA)
    assert messaging.bot.given == ["and then?"]
    assert len(calls(messaging, "sendMessage")) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"text": "@ourbot when is the deadline?"},
        {"text": "/start@OurBot"},
        {"text": "and when?", "reply_to_message": {"chat": GROUP, "from": {"id": 7, "username": "OurBot"}}},
    ],
    ids=range(3),
)
def test_in_a_group_the_bot_only_says_where_it_answers(
    messaging: Messaging, telegram: Telegram, content: dict[str, Any]
) -> None:
    telegram.post(telegram.message(ADA, 81, chat=GROUP, **content))
    messaging.apis.wait_for(lambda: bool(calls(messaging, "sendMessage")))
    (said,) = calls(messaging, "sendMessage")
    assert said.content["chat_id"] == GROUP["id"]
    assert said.content["text"].endswith("in private chats only: https://t.me/OurBot")
    assert messaging.bot.given == []


def test_the_bot_s_own_name_is_asked_for_once(messaging: Messaging) -> None:
    from tests.channels.messaging_server import serving_messaging

    with serving_messaging() as fresh:
        telegram = fresh.of(Telegram)
        fresh.apis.answers.append((401, {"ok": False}))
        for id_ in (91, 92, 93):
            assert telegram.post(telegram.message(ADA, id_, chat=GROUP, text=f"@OurBot {id_}")).status_code == 200
        fresh.apis.wait_for(lambda: len(calls(fresh, "sendMessage")) == 2)  # none while the name is not known
        assert len(calls(fresh, "getMe")) == 2


def test_every_payload_of_ours_fits_into_a_button() -> None:
    assert all(len(f"{PAYLOAD_PREFIX}{topic.id}".encode()) <= MOST_PAYLOAD_BYTES for topic in TOPICS)


class Recorder(TelegramChannel):
    """The channel with what it would send."""

    def __init__(self) -> None:
        settings = {**Telegram.settings, "api_url": "https://api.example.org"}
        super().__init__(settings, open_storage())
        self.sent: list[dict[str, Any]] = []

    async def _call(self, method: str, **content: Any) -> dict[str, Any]:
        self.sent.append(content)
        return {}


def test_a_long_answer_is_sent_in_pieces_with_the_buttons_under_the_last() -> None:
    channel = Recorder()
    buttons = [{"title": "Fees", "payload": "topic:fees"}, {"title": "Too long", "payload": "topic:" + "x" * 60}]
    paragraphs = [f"{number} " + "x" * 1500 for number in range(4)]
    messages: list[Message] = [{"text": "\n\n".join(paragraphs), "buttons": buttons}]
    asyncio.run(channel.send({"chat": "5"}, messages))
    assert [content["text"] for content in channel.sent] == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:])]
    assert all(len(content["text"]) <= MOST_CHARACTERS for content in channel.sent)
    assert "reply_markup" not in channel.sent[0]
    keyboard = channel.sent[1]["reply_markup"]["inline_keyboard"]
    assert keyboard == [[{"text": "Fees", "callback_data": "topic:fees"}]]


def test_a_secret_token_that_can_be_guessed_is_refused() -> None:
    settings = {**Telegram.settings, "secret_token": "short", "api_url": "https://api.example.org"}
    with pytest.raises(SettingsError, match="fewer than 16 characters") as caught:
        TelegramChannel(settings, open_storage())
    assert "short;" not in str(caught.value)
