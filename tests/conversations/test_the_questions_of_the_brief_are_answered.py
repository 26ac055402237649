from __future__ import annotations

import pytest

from tests.trained import Bot

pytestmark = pytest.mark.bot


def test_the_last_day_comes_with_intake_time_left_and_source(bot: Bot) -> None:
    (reply,) = bot.replies("When is the last day to apply?")
    for part in (
        "15 January 2026",
        "August 2026",
        "45 days left",
        "https://www.kth.se/en/studies/master/machine-learning",
    ):
        assert part in reply["text"]
    assert reply["metadata"]["topic"] == "deadlines.last_day"
    assert reply["metadata"]["status"] == "answered"
    assert reply["metadata"]["language"] == "en"
    assert reply["metadata"]["sources"][0]["title"]


def test_the_mandatory_courses_are_listed(bot: Bot) -> None:
    reply = bot.ask("Which courses are mandatory?")
    for code in ("DD1420", "DD2380", "DA2205", "DD2301", "DD2434", "DA233X"):
        assert code in reply


def test_jobs_are_named(bot: Bot) -> None:
    reply = bot.ask("what can I work as afterwards")
    assert "data scientists" in reply
    assert "quantitative analysts" in reply


def test_a_thesis_at_a_named_company_is_confirmed(bot: Bot) -> None:
    assert bot.ask("has anyone done their thesis at Spotify?").startswith("Yes")


def test_tuition_is_honestly_unknown(bot: Bot) -> None:
    (reply,) = bot.replies("how much is tuition?")
    assert reply["metadata"]["status"] == "unknown"
    assert "don't know the tuition fee" in reply["text"]
    assert "application-and-tuition-fees" in reply["text"]


def test_the_director_is_honestly_unknown(bot: Bot) -> None:
    (reply,) = bot.replies("who is the programme director?")
    assert reply["metadata"]["status"] == "unknown"
    assert reply["metadata"]["sources"]
