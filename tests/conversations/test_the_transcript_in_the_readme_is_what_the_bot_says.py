from __future__ import annotations

import re

import pytest

from programme_chatbot.settings import PROJECT_FOLDER
from tests.trained import Bot

pytestmark = pytest.mark.bot


def test_every_reply_is_word_for_word(bot: Bot) -> None:
    readme = (PROJECT_FOLDER / "README.md").read_text(encoding="utf-8")
    match = re.search(r"```text\n(You: .*?)```", readme, re.S)
    assert match
    turns = re.split(r"^You: ", match.group(1), flags=re.M)[1:]
    assert len(turns) >= 3
    for turn in turns:
        question, *replies = re.split(r"\nBot: ", turn.strip())
        assert [message["text"] for message in bot.messages(question, "readme")] == replies
