from __future__ import annotations

import pytest

from tests.trained import Bot

pytestmark = pytest.mark.bot


def test_the_last_day_has_passed_and_the_next_round_is_pointed_to(bot_after_the_round: Bot) -> None:
    reply = bot_after_the_round.ask("When is the last day to apply?")
    assert "was 15 January 2026" in reply
    assert "round is over" in reply
    assert "universityadmissions.se" in reply
    assert "left" not in reply


def test_whether_it_is_open_is_answered_with_no(bot_after_the_round: Bot) -> None:
    assert bot_after_the_round.ask("Is the application open now?").startswith("No")
    assert bot_after_the_round.ask("can I still apply?").startswith("No")
