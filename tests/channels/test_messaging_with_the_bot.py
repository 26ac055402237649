"""The messaging channels with the trained bot behind them, as the services use them."""

from __future__ import annotations

import itertools

import pytest
import requests

from programme_chatbot import launcher
from programme_chatbot.channels.messaging import SENTENCES
from tests.channels.services import SERVICES, WITH_BUTTONS, Apis, Reply, Service, Telegram, Twilio, WhatsApp
from tests.trained import Bot

pytestmark = pytest.mark.bot

NOTICE = "You are talking to an automated assistant, not a person."
PAGE = "https://www.kth.se/en/studies/master/machine-learning"
ALL: tuple[type[Service], ...] = (*SERVICES, WhatsApp)
_users = itertools.count(5001)

each = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


@pytest.fixture
def user() -> int:
    """Somebody who has not written before."""
    return next(_users)


def service_of(messaging_bot: tuple[Bot, Apis], kind: type[Service]) -> Service:
    bot, apis = messaging_bot
    return kind(bot.port, apis)


def turn(service: Service, user: int, text: str, is_first: bool = False) -> list[Reply]:
    """Sends a text and returns the reply: two messages if the notice comes first, where each is sent by itself."""
    is_joined = isinstance(service, Twilio)
    return service.ask(user, text, 2 if is_first and not is_joined else 1)


@each
def test_a_first_question_is_answered_with_notice_and_source(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int
) -> None:
    service = service_of(messaging_bot, kind)
    replies = turn(service, user, "When is the last day to apply?", is_first=True)
    said = "\n".join(reply.text for reply in replies)
    assert said.startswith(NOTICE)
    assert "The last day to apply for studies starting August 2026 is 15 January 2026: 45 days left." in said
    assert PAGE in said
    (second,) = turn(service, user, "Which courses are mandatory?")
    assert NOTICE not in second.text
    assert "DD1420 Foundations of Machine Learning" in second.text


@pytest.mark.parametrize("kind", WITH_BUTTONS, ids=lambda kind: kind.name)
def test_a_button_of_the_bot_s_leads_to_its_answer(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int
) -> None:
    service = service_of(messaging_bot, kind)
    offer = turn(service, user, "help", is_first=True)[-1]
    assert 1 <= len(offer.payloads) <= 3
    assert all(payload.startswith("topic:") and len(payload.encode()) <= 64 for payload in offer.payloads)
    assert all(0 < len(title) <= 20 for title in offer.titles)
    assert not [payload for payload in offer.payloads if payload in offer.text]
    place = offer.payloads.index("topic:deadlines.last_day")
    (answer,) = service.new_replies(user, lambda: service.press(user, offer.payloads[place]))
    assert "15 January 2026" in answer.text
    (refused,) = service.new_replies(user, lambda: service.press(user, "topic:fees.tuition"))
    assert refused.text == SENTENCES["unknown_button"]


@pytest.mark.parametrize("kind", [Twilio, WhatsApp], ids=lambda kind: kind.__name__)
def test_a_number_leads_to_the_answer_that_it_stands_for(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int
) -> None:
    service = service_of(messaging_bot, kind)
    (offer,) = turn(service, user, "help", is_first=True)
    assert "To choose, reply with a number:\n1. " in offer.text
    assert "topic:" not in offer.text
    lines = [line for line in offer.text.splitlines() if line[:3] in ("1. ", "2. ", "3. ")]
    number = next(line[0] for line in lines if "apply" in line.lower())
    (answer,) = turn(service, user, number)
    assert "15 January 2026" in answer.text


@each
def test_two_users_at_the_same_time_never_mix(messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int) -> None:
    service = service_of(messaging_bot, kind)
    other = next(_users)
    service.say(user, "When is the last day to apply?")
    service.say(other, "Has anyone done their thesis at Spotify?")
    service.say(user, "and the results?")
    service.say(other, "and at Volvo?")
    count = 2 if issubclass(kind, Twilio) else 3
    service.apis.wait_for(lambda: len(service.replies(user)) == len(service.replies(other)) == count)
    mine, theirs = (" ".join(reply.text for reply in service.replies(name)) for name in (user, other))
    assert "15 January 2026" in mine
    assert "admission results" in mine
    assert "Spotify" not in mine
    assert "Spotify" in theirs
    assert "January" not in theirs
    assert NOTICE in mine
    assert NOTICE in theirs


@each
def test_a_message_that_is_delivered_again_is_answered_once(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int
) -> None:
    service = service_of(messaging_bot, kind)
    for _ in range(3):
        assert service.say(user, "Hello", user).status_code == 200
    service.say(user, "What is the programme code?")
    service.apis.wait_for(lambda: any("TMAIM" in reply.text for reply in service.replies(user)))
    assert len(service.replies(user)) == (2 if issubclass(kind, Twilio) else 3)


@each
@pytest.mark.parametrize(
    "text", ["/restart", "/session_start", '/ask_tuition_fee{"course": "x"}', "topic:fees.tuition"]
)
def test_a_command_is_answered_as_text(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int, text: str
) -> None:
    service = service_of(messaging_bot, kind)
    turn(service, user, "Hello", is_first=True)
    assert turn(service, user, text)[0].text
    (answer,) = turn(service, user, "Which courses are mandatory?")
    assert NOTICE not in answer.text  # nothing was restarted


@each
def test_a_picture_gets_a_sentence_and_the_next_question_works(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int
) -> None:
    service = service_of(messaging_bot, kind)
    (reply,) = service.new_replies(user, lambda: service.post(service.media(user, user)))
    assert reply.text == SENTENCES["unreadable"]
    assert "15 January 2026" in turn(service, user, "When is the last day to apply?", is_first=True)[-1].text


@each
def test_forged_huge_and_broken_requests_are_refused(
    messaging_bot: tuple[Bot, Apis], kind: type[Service], user: int
) -> None:
    service = service_of(messaging_bot, kind)
    body = service.text(user, "a forged question", user)
    assert service.post(body, {}).status_code == 401
    assert service.post(body + b" ", service.headers(body)).status_code == (200 if kind is Telegram else 401)
    assert service.post(b"x" * 100_000).status_code == 413
    assert service.post(b"\xff\xfe", service.headers(b"")).status_code == (400 if kind is Telegram else 401)
    if kind is not Telegram:
        assert service.replies(user) == []


def test_telegram_s_start_greets_with_the_notice(messaging_bot: tuple[Bot, Apis], user: int) -> None:
    service = service_of(messaging_bot, Telegram)
    notice, greeting = turn(service, user, "/start", is_first=True)
    assert notice.text.startswith(NOTICE)
    assert greeting.payloads


def test_the_web_channel_works_beside_them(messaging_bot: tuple[Bot, Apis]) -> None:
    bot, _ = messaging_bot
    health = requests.get(f"http://127.0.0.1:{bot.port}/webhooks/web/health", timeout=10)
    assert health.json()["status"] == "ok"


def test_the_log_holds_no_message_and_no_secret(messaging_bot: tuple[Bot, Apis], user: int) -> None:
    service = service_of(messaging_bot, Telegram)
    turn(service, user, "a very private xylophone question", is_first=True)
    log = (launcher.LOGS / "rasa.log").read_text(encoding="utf-8")
    assert "xylophone" not in log
    assert "forged question" not in log
    for kind in SERVICES:
        for name, value in kind.settings.items():
            assert name == "webhook_url" or value not in log
