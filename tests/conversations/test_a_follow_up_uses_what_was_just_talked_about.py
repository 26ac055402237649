from __future__ import annotations

import pytest

from tests.trained import Bot

pytestmark = pytest.mark.bot


def test_the_credits_of_the_second_one(bot: Bot) -> None:
    bot.ask("Which courses are mandatory?", "ordinal")
    assert "DD2380 Artificial Intelligence has 6 credits" in bot.ask("how many credits is the second one?", "ordinal")


def test_the_credits_of_that_course(bot: Bot) -> None:
    bot.ask("What is DD2434 about?", "pronoun")
    assert "7.5 credits" in bot.ask("How many credits does that course have?", "pronoun")


def test_the_results_after_the_deadline(bot: Bot) -> None:
    bot.ask("When is the deadline?", "results")
    assert "26 March 2026" in bot.ask("and the results?", "results")


def test_more_about_the_same_topic(bot: Bot) -> None:
    first = bot.ask("Do I get housing?", "more")
    second = bot.ask("tell me more", "more")
    assert "KTH Accommodation" in second
    assert first != second


def test_two_users_never_share_a_context(bot: Bot) -> None:
    bot.ask("What is DD2434 about?", "user-a")
    assert "DD2434 Machine Learning, Advanced Course has" not in bot.ask(
        "how many credits does that course have?", "user-b"
    )
