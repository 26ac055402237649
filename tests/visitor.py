"""A visitor of a page with the chat, as a client of the web channel."""

from __future__ import annotations

import time

import requests

from tests import services

PAGE = "https://www.example.org"


class Visitor:
    """A visitor of an allowed page, whose requests may go to any worker.

    Args:
        port: port of the worker that starts the session.
    """

    def __init__(self, port: int) -> None:
        self.headers = {"Origin": PAGE}
        answer = self.call(port, "POST", "session")
        assert answer.status_code == 201
        self.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def call(self, port: int, method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
        url = f"http://127.0.0.1:{port}/webhooks/web/{path}"
        return requests.request(method, url, json=body, headers=self.headers, timeout=60)

    def try_to_say(self, port: int, text: str) -> requests.Response:
        return self.call(port, "POST", "messages", {"text": text})

    def say(self, port: int, text: str) -> str:
        """Says something and returns the reply."""
        answer = self.try_to_say(port, text)
        assert answer.status_code == 200, answer.text
        reply: str = answer.json()["messages"][-1]["text"]
        return reply

    def said(self, port: int) -> list[str]:
        """Returns what this visitor has said, as the worker shows it in the history."""
        answer = self.call(port, "GET", "history")
        assert answer.status_code == 200, answer.text
        return [message["text"] for message in answer.json()["messages"] if message["author"] == "user"]

    def until_answered(self, port: int, text: str) -> float:
        """Says something again and again until it is answered; returns the seconds that it took."""
        start = time.monotonic()

        def is_answered() -> bool:
            try:
                answer = self.try_to_say(port, text)
            except requests.ConnectionError:
                return False
            return answer.status_code == 200 and "failed" not in answer.json()["messages"][-1]["text"]

        services.eventually(is_answered, seconds=60)
        return time.monotonic() - start
