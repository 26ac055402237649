"""What is particular to Twilio: SMS and WhatsApp."""

from __future__ import annotations

import pytest

from tests.channels.messaging_server import Messaging
from tests.channels.services import Twilio, WhatsApp
from tests.channels.test_messaging import ADA, BEN, finish

OFFER = "You said: offer\n\nTo choose, reply with a number:\n1. Title of fees\n2. Title of dates"


@pytest.fixture(params=[Twilio, WhatsApp], ids=["sms", "whatsapp"])
def twilio(request: pytest.FixtureRequest, messaging: Messaging) -> Twilio:
    kind: type[Twilio] = request.param
    return messaging.of(kind)


def test_buttons_are_numbered_and_no_payload_is_seen(twilio: Twilio) -> None:
    (reply,) = twilio.ask(ADA, "offer")
    assert reply.text == OFFER


@pytest.mark.parametrize("text", ["2", " 2. ", "(2)", "Title of dates", "title of DATES!"])
def test_a_number_or_a_title_chooses(messaging: Messaging, twilio: Twilio, text: str) -> None:
    twilio.ask(ADA, "offer")
    twilio.ask(ADA, text)
    assert messaging.bot.given == ["offer", "topic:dates"]


@pytest.mark.parametrize("text", ["0", "3", "99", "2 or 1?", "dates"])
def test_what_is_not_among_the_choices_is_a_question(messaging: Messaging, twilio: Twilio, text: str) -> None:
    twilio.ask(ADA, "offer")
    twilio.ask(ADA, text)
    assert messaging.bot.given == ["offer", text]


def test_a_number_chooses_among_what_was_offered_last_only(messaging: Messaging, twilio: Twilio) -> None:
    twilio.ask(BEN, "offer")
    for text in ("offer", "hello", "2"):
        twilio.ask(ADA, text)
    assert messaging.bot.given == ["offer", "offer", "hello", "2"]


def test_lists_are_written_in_the_alphabet_of_sms(twilio: Twilio) -> None:
    (reply,) = twilio.ask(ADA, "• one\n• two")
    assert reply.text == "You said: - one\n- two"


def test_sms_and_whatsapp_of_one_number_are_two_conversations(messaging: Messaging) -> None:
    messaging.of(Twilio).ask(ADA, "offer")
    messaging.of(WhatsApp).ask(ADA, "2")
    assert messaging.bot.given == ["offer", "2"]


def test_what_twilio_has_answered_itself_gets_no_reply(messaging: Messaging, twilio: Twilio) -> None:
    assert twilio.post(twilio.form(ADA, 11, Body="STOP", OptOutType="STOP")).status_code == 200
    finish(messaging, twilio, ADA)
    assert messaging.bot.given == ["and then?"]


def test_the_text_of_a_picture_is_read(messaging: Messaging, twilio: Twilio) -> None:
    body = twilio.form(ADA, 12, Body="Is this enough?", NumMedia="1", MediaUrl0="https://api.example.org/m/1")
    twilio.new_replies(ADA, lambda: twilio.post(body))
    assert messaging.bot.given == ["Is this enough?"]
