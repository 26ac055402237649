"""Puts the cases to a running bot, and keeps what it said."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from programme_chatbot import launcher
from programme_chatbot.answers import NOTICE_TOPIC
from programme_chatbot.evaluation.cases import Case, Turn
from programme_chatbot.evaluation.judging import Message, faults, refuses

_TIMEOUT = 60


class BotUnreachableError(Exception):
    """The bot does not answer; the text is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class TurnResult:
    """One turn with its reply.

    Args:
        turn: the turn.
        said: what was sent.
        messages: the bot's messages, without the notice that begins a conversation.
        faults: what is wrong with them; empty if they are right.
        refused: whether a question that has an answer was refused.
    """

    turn: Turn
    said: str
    messages: tuple[Message, ...]
    faults: tuple[str, ...]
    refused: bool


@dataclass(frozen=True)
class Result:
    """A case with its replies; `turns` ends with the first turn that could not be sent."""

    case: Case
    turns: tuple[TurnResult, ...]

    @property
    def is_right(self) -> bool:
        """Whether every turn was right."""
        return not any(turn.faults for turn in self.turns)


class RestBot:
    """A bot behind Rasa's REST channel.

    Args:
        address: address of the channel, such as `http://127.0.0.1:5005/webhooks/rest/`.
    """

    def __init__(self, address: str) -> None:
        self._webhook = address.rstrip("/") + "/webhook"
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies: the bot is on this machine or named by whoever runs this

    def send(self, text: str, sender: str) -> tuple[Message, ...]:
        """Sends a message.

        Args:
            text: the message.
            sender: id of the conversation.

        Returns:
            The bot's messages, without the notice.

        Raises:
            BotUnreachableError: if no reply comes, or none that is the REST channel's.
        """
        try:
            reply = self._session.post(self._webhook, json={"sender": sender, "message": text}, timeout=_TIMEOUT)
            reply.raise_for_status()
            messages = [Message.of(message) for message in reply.json()]
        except requests.ConnectionError:
            raise BotUnreachableError(
                f"Nothing answers at {self._webhook}; start the bot with `make run` or correct the address."
            ) from None
        except (requests.RequestException, ValueError, TypeError, AttributeError) as error:
            raise BotUnreachableError(f"{self._webhook} does not answer as a bot's REST channel: {error}.") from None
        return tuple(message for message in messages if message.topic != NOTICE_TOPIC)


def run_case(case: Case, bot: RestBot) -> Result:
    """Puts one case to a bot, in a conversation of its own."""
    sender = uuid.uuid4().hex
    results: list[TurnResult] = []
    for turn in case.turns:
        text = turn.say
        if turn.press is not None:
            payloads = [payload for message in results[-1].messages for payload in message.payloads] if results else []
            if len(payloads) < turn.press:
                fault = f"no button {turn.press} to press"
                results.append(TurnResult(turn, f"[button {turn.press}]", (), (fault,), False))
                break
            text = payloads[turn.press - 1]
        messages = bot.send(text, sender)
        results.append(TurnResult(turn, text, messages, tuple(faults(turn, messages)), refuses(turn, messages)))
    return Result(case, tuple(results))


def run_cases(
    cases: Sequence[Case],
    bot: RestBot,
    set_date: Callable[[datetime.date], None],
    progress: Callable[[int, int], None],
) -> list[Result]:
    """Puts cases to a bot, date by date.

    Args:
        cases: the cases.
        bot: the bot.
        set_date: gives the bot another date.
        progress: is told after each case how many of how many are done.

    Returns:
        The results in the order of the cases.

    Raises:
        BotUnreachableError: if the bot stops answering.
    """
    results: dict[int, Result] = {}
    for date in sorted({case.today for case in cases}):
        set_date(date)
        for index, case in enumerate(cases):
            if case.today == date:
                results[index] = run_case(case, bot)
                progress(len(results), len(cases))
    return [results[index] for index in range(len(cases))]


@contextmanager
def bot_of(model: Path) -> Iterator[tuple[RestBot, Callable[[datetime.date], None]]]:
    """Serves a model on free ports for the time of the block.

    Yields:
        The bot, and the function that sets its date.

    Raises:
        LaunchError: if it cannot be started.
    """
    port, action_port = launcher.free_port(), launcher.free_port()
    with launcher.serving(model, rasa_port=port, action_port=action_port) as set_date:
        yield RestBot(launcher.rest_address(port)), set_date
