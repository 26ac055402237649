from __future__ import annotations

import pytest

from tests.trained import Bot

pytestmark = pytest.mark.bot


def test_the_first_message_carries_the_notice_and_the_second_does_not(bot: Bot) -> None:
    first = bot.messages("How long does the programme take?", "notice")
    second = bot.messages("And where is it taught?", "notice")
    assert "automated assistant" in first[0]["text"]
    contract = {"topic": "social.notice", "status": "social", "sources": [], "language": "en"}
    assert contract.items() <= first[0]["metadata"].items()
    assert "2 years" in first[1]["text"]
    assert "automated" not in " ".join(message["text"] for message in second)


def test_asked_whether_it_is_a_person_it_says_no(bot: Bot) -> None:
    assert "not a person" in bot.ask("am I talking to a real person?")
