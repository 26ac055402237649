"""What all tests share: the real knowledge, its wording, and an answerer."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from programme_chatbot.answers import Answer, Answerer, Context, Mention, Question, Wording
from programme_chatbot.knowledge import Knowledge, load
from programme_chatbot.settings import PROJECT_FOLDER, knowledge_file
from tests import left_out

if TYPE_CHECKING:
    from tests.trained import Bot, Reader

OPEN = datetime.date(2025, 12, 1)
OVER = datetime.date(2026, 11, 22)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out.tell(terminalreporter)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(knowledge_file())


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.from_domain(PROJECT_FOLDER / "domain.yml")


class Asker:
    """Asks an answerer by topic."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def __call__(
        self,
        topic: str,
        words: str = "",
        *names: tuple[str, str],
        today: datetime.date = OPEN,
        alternatives: tuple[str, ...] = (),
        context: Context | None = None,
    ) -> Answer:
        mentions = tuple(Mention(kind, name) for kind, name in names)
        question = Question(topic, mentions, words, alternatives, context=context or Context())
        return self._answerer.answer(question, today)


@pytest.fixture(scope="session")
def ask(knowledge: Knowledge, wording: Wording) -> Asker:
    return Asker(Answerer(knowledge, wording))


# The fixtures below need Rasa; they import it only when a test asks for them.
@pytest.fixture(scope="session")
def reader() -> Reader:
    from programme_chatbot.launcher import ensure_model
    from tests.trained import Reader

    return Reader(ensure_model())


@pytest.fixture(scope="session")
def bot() -> Iterator[Bot]:
    from tests.trained import running_bot

    with running_bot(today=OPEN.isoformat()) as running:
        yield running


@pytest.fixture(scope="session")
def bot_after_the_round() -> Iterator[Bot]:
    from tests.trained import running_bot

    with running_bot(today=OVER.isoformat()) as running:
        yield running
