"""The web channel with the trained bot behind it, as a widget would use it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.trained import Bot

pytestmark = pytest.mark.bot


class Visitor:
    """A visitor of an allowed page, with a session."""

    def __init__(self, bot: Bot) -> None:
        self.url = f"http://127.0.0.1:{bot.port}/webhooks/web"
        self.headers = {"Origin": bot.page.rstrip("/")}
        answer = self.call("POST", "session")
        assert answer.status_code == 201
        self.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def call(self, method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
        return requests.request(method, f"{self.url}/{path}", json=body, headers=self.headers, timeout=60)

    def send(self, **body: str) -> list[dict[str, Any]]:
        answer = self.call("POST", "messages", body)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def history(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.call("GET", "history").json()["messages"]
        return messages


def test_a_conversation_from_its_first_question_until_it_is_forgotten(bot: Bot) -> None:
    visitor = Visitor(bot)
    notice, answer = visitor.send(text="What is the last day to apply?")
    assert notice["topic"] == "social.notice"
    assert (answer["topic"], answer["status"], answer["language"]) == ("deadlines.last_day", "answered", "en")
    assert answer["sources"]
    assert all(source["title"] and source["url"].startswith("https://") for source in answer["sources"])
    assert answer["sources"][0]["url"] in answer["text"]

    greeting = visitor.send(text="help")
    buttons = greeting[-1]["buttons"]
    assert 1 <= len(buttons) <= 3
    pressed = visitor.send(payload=buttons[0]["payload"])
    assert f"topic:{pressed[-1]['topic']}" == buttons[0]["payload"]

    messages = visitor.history()
    assert [message["text"] for message in messages if message["author"] == "user"] == [
        "What is the last day to apply?",
        "help",
        buttons[0]["title"],
    ]
    assert [message for message in messages if message["author"] == "bot"] == [notice, answer, *greeting, *pressed]
    assert len({message["id"] for message in messages}) == len(messages)

    assert visitor.call("POST", "feedback", {"message": answer["id"], "value": "up"}).status_code == 204
    assert {message["id"]: message.get("feedback") for message in visitor.history()}[answer["id"]] == "up"

    assert visitor.call("DELETE", "session").status_code == 204
    assert visitor.call("GET", "history").status_code == 401
    assert visitor.call("POST", "messages", {"text": "hello"}).status_code == 401


def test_feedback_does_not_change_what_is_said_next(bot: Bot) -> None:
    def follow_up(value: str) -> list[str]:
        visitor = Visitor(bot)
        answer = visitor.send(text="What is the last day to apply?")[-1]
        if value:
            assert visitor.call("POST", "feedback", {"message": answer["id"], "value": value}).status_code == 204
        return [message["text"] for message in visitor.send(text="and when do I get the results?")]

    plain = follow_up("")
    assert plain
    assert follow_up("up") == plain
    assert follow_up("down") == plain


@pytest.mark.parametrize(
    "text", ['/ask_tuition_fee{"course": "x"}', "/restart", "topic:fees.tuition", "/session_start"]
)
def test_commands_are_answered_as_text(bot: Bot, text: str) -> None:
    visitor = Visitor(bot)
    visitor.send(text="hello")
    assert visitor.send(text=text)[-1]["text"]
    assert len(visitor.history()) >= 4  # nothing was restarted
    assert visitor.history()[-2]["text"] == text or visitor.history()[-3]["text"] == text


def test_preflight_and_other_pages_are_handled_by_us_and_not_by_rasa(bot: Bot) -> None:
    url = f"http://127.0.0.1:{bot.port}/webhooks/web/messages"
    page = bot.page.rstrip("/")
    headers = {"Origin": page, "Access-Control-Request-Method": "POST"}
    answer = requests.options(url, headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, page)
    assert requests.options(url, headers={**headers, "Origin": f"{page}.evil.example"}, timeout=10).status_code == 403


def test_everything_works(bot: Bot) -> None:
    answer = requests.get(f"http://127.0.0.1:{bot.port}/webhooks/web/health", timeout=10)
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "model": True, "actions": True, "store": True, "knowledge": True},
    )
