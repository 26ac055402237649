"""Parts of the cluster are killed in mid-conversation and come back: what users see, what is kept, and how long."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from programme_chatbot.channels.errors import WebError
from tests.faults.cluster import Cluster, Server
from tests.faults.conftest import Measure
from tests.visitor import Visitor

pytestmark = pytest.mark.bot

DATE, COURSES, SPOTIFY = "When is the last day to apply?", "Which courses are mandatory?", "a thesis at Spotify?"


@pytest.fixture
def ports(cluster: Cluster) -> list[int]:
    return [worker.port for worker in cluster.workers]


def health(port: int) -> dict[str, object]:
    body: dict[str, object] = requests.get(f"http://127.0.0.1:{port}/webhooks/web/health", timeout=30).json()
    return body


def restart(server: Server) -> float:
    """Starts a server again and returns the seconds until it is ready."""
    start = time.monotonic()
    server.start()
    server.wait()
    return time.monotonic() - start


def check_unavailable(answer: requests.Response) -> None:
    error = WebError("unavailable")
    assert answer.status_code == error.status
    assert answer.json() == {"error": {"code": error.code, "message": error.sentence}}


def test_any_worker_serves_any_session(cluster: Cluster, ports: list[int]) -> None:
    visitor = Visitor(ports[0])
    assert "15 January 2026" in visitor.say(ports[1], DATE)
    follow_up = visitor.try_to_say(ports[0], "and the results?").json()["messages"][-1]
    assert follow_up["topic"] == "deadlines.results"
    assert visitor.said(ports[1]) == visitor.said(ports[0]) == [DATE, "and the results?"]
    assert not [worker for worker in cluster.workers if "run no second worker" in worker.log()]
    assert visitor.call(ports[1], "DELETE", "session").status_code == 204
    assert visitor.try_to_say(ports[0], DATE).status_code == 401


def test_a_worker_is_killed_in_the_middle_of_a_turn(cluster: Cluster, ports: list[int], measure: Measure) -> None:
    visitor = Visitor(ports[0])
    visitor.say(ports[0], DATE)
    failures: list[Exception] = []

    def ask() -> None:
        try:
            visitor.try_to_say(ports[0], COURSES)
        except requests.ConnectionError as error:  # a proxy makes an answer of it, with status 502
            failures.append(error)

    with cluster.actions[0].frozen():
        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(1)  # by now it waits for the action server and holds the lock
        cluster.workers[0].kill()
        asking.join()
    assert failures
    assert visitor.said(ports[1]) == [DATE]
    measure("a worker: on another one after", f"{visitor.until_answered(ports[1], SPOTIFY):.1f} s")
    measure("a worker: on itself after", f"{restart(cluster.workers[0]):.1f} s")
    assert "Yes" in visitor.say(ports[0], SPOTIFY)
    assert visitor.said(ports[0]) == [DATE, SPOTIFY, SPOTIFY]


def test_an_action_server_is_killed(cluster: Cluster, ports: list[int], measure: Measure) -> None:
    visitor = Visitor(ports[0])
    visitor.say(ports[0], DATE)
    cluster.actions[0].kill()
    assert "failed" in visitor.say(ports[0], COURSES)
    assert health(ports[0]) == {
        "status": "unavailable",
        "model": True,
        "actions": False,
        "store": True,
        "knowledge": False,
    }
    assert "DD2380" in visitor.say(ports[1], COURSES)  # the other worker has the other action server
    measure("the action server: after", f"{restart(cluster.actions[0]):.1f} s")
    assert "DD2380" in visitor.say(ports[0], COURSES)
    assert visitor.said(ports[0]) == [DATE, COURSES, COURSES, COURSES]


def test_redis_is_killed(cluster: Cluster, ports: list[int], measure: Measure) -> None:
    visitor = Visitor(ports[0])
    visitor.say(ports[0], DATE)
    cluster.redis.kill()
    for port in ports:
        check_unavailable(visitor.try_to_say(port, COURSES))
        assert health(port).get("error") or not health(port)["store"]
    assert "A request to the web channel has failed" in cluster.workers[0].log()
    cluster.redis.start()
    for port in ports:
        measure("Redis: after its return", f"{visitor.until_answered(port, COURSES):.1f} s")
    assert visitor.said(ports[1]) == [DATE, COURSES, COURSES]


def test_postgresql_is_killed(cluster: Cluster, ports: list[int], measure: Measure) -> None:
    visitor = Visitor(ports[0])
    visitor.say(ports[0], DATE)
    visitor.say(ports[1], DATE)
    cluster.database.kill()
    for port in ports:
        check_unavailable(visitor.try_to_say(port, COURSES))
        assert (health(port)["status"], health(port)["store"]) == ("unavailable", False)
    assert "The tracker store does not work" in cluster.workers[0].log()
    start = time.monotonic()
    cluster.database.start()
    measure("PostgreSQL: it needs to recover", f"{time.monotonic() - start:.1f} s")
    for port in ports:
        measure("PostgreSQL: after its return", f"{visitor.until_answered(port, COURSES):.1f} s")
    assert visitor.said(ports[0]) == [DATE, DATE, COURSES, COURSES]
    assert health(ports[0])["store"] is True


def test_postgresql_dies_in_the_middle_of_a_turn(cluster: Cluster, ports: list[int]) -> None:
    visitor = Visitor(ports[0])
    visitor.say(ports[0], DATE)
    answers: list[requests.Response] = []
    with cluster.actions[0].frozen():
        asking = threading.Thread(target=lambda: answers.append(visitor.try_to_say(ports[0], COURSES)))
        asking.start()
        time.sleep(1)  # by now the conversation is read, and is to be saved when the action server has answered
        cluster.database.kill()
    asking.join()
    check_unavailable(answers[0])
    cluster.database.start()
    visitor.until_answered(ports[0], SPOTIFY)
    assert visitor.said(ports[1]) == [DATE, SPOTIFY]


def test_messages_of_one_session_to_two_workers_at_once_are_all_kept_once(cluster: Cluster, ports: list[int]) -> None:
    visitor = Visitor(ports[0])
    visitor.say(ports[0], DATE)
    for number in range(5):
        texts = [f"How many credits is DD2434? {number}", f"How many credits is DD2380? {number}"]
        asking = [threading.Thread(target=visitor.say, args=both) for both in zip(ports, texts, strict=True)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    said = visitor.said(ports[0])
    assert len(said) == len(set(said)) == 11


def test_the_log_of_all_this_holds_no_message_text(cluster: Cluster) -> None:
    for worker in cluster.workers:
        for text in (DATE, COURSES, SPOTIFY):
            assert text not in worker.log()
