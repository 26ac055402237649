"""Sessions: only their holder reads and writes them, and they end."""

from __future__ import annotations

import base64
import datetime
import json
from typing import Any

import jwt
import pytest
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore, SQLTrackerStore, TrackerStore

from programme_chatbot.channels.web_session import AUDIENCE, read_secret
from programme_chatbot.settings import SettingsError
from tests.channels.web_server import DOMAIN, SECRET, EchoBot, Web, error_of, serving

EVERYTHING_PRIVATE = [("POST", "messages"), ("GET", "history"), ("POST", "feedback"), ("DELETE", "session")]


def signed(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    claims = {"sub": "a" * 32, "aud": AUDIENCE, "iat": now, "exp": now + datetime.timedelta(hours=1), **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, secret, algorithm=algorithm)


def test_a_session_is_issued_by_us_with_a_long_random_id(web: Web) -> None:
    answers = [web.call("POST", "session") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    ids = {jwt.decode(answer.json()["token"], SECRET, ["HS256"], audience=AUDIENCE)["sub"] for answer in answers}
    assert len(ids) == 2
    assert all(len(base64.urlsafe_b64decode(id_)) * 8 >= 128 for id_ in ids)
    assert answers[0].json()["messages"] == []
    expires = datetime.datetime.fromisoformat(answers[0].json()["expires"].replace("Z", "+00:00"))
    left = expires - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(hours=23) < left <= datetime.timedelta(hours=24)


def test_a_session_may_be_asked_for_with_or_without_a_body(web: Web) -> None:
    assert [web.call("POST", "session", data=body).status_code for body in ("", "{}", "anything")] == [201] * 3


@pytest.mark.parametrize(("method", "path"), EVERYTHING_PRIVATE)
def test_without_a_token_there_is_no_session(web: Web, method: str, path: str) -> None:
    assert error_of(web.call(method, path)) == (401, "no_session")
    assert error_of(web.call(method, path, headers={"Authorization": "Basic abc"})) == (401, "no_session")
    assert error_of(web.call(method, path, headers={"Authorization": "Bearer "})) == (401, "no_session")


@pytest.mark.parametrize(("method", "path"), EVERYTHING_PRIVATE)
@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        signed(secret="another secret that is long enough, too"),
        signed(aud="another-service"),
        signed(aud=None),
        signed(exp=None),
        signed(iat=None),
        signed(sub=None),
        signed(sub="default"),
        signed(sub="../" + "a" * 29),
        signed(algorithm="HS384", secret=SECRET * 2),
        jwt.encode({"sub": "a" * 32, "aud": AUDIENCE, "iat": 0, "exp": 9999999999}, "", algorithm="none"),
    ],
    ids=range(11),
)
def test_a_token_that_is_not_ours_is_refused(web: Web, method: str, path: str, token: str) -> None:
    assert error_of(web.call(method, path, token)) == (401, "bad_token")


def test_a_token_whose_payload_was_exchanged_is_refused(web: Web) -> None:
    header, payload, signature = web.start().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "b" * 32}).encode()).decode().rstrip("=")
    assert error_of(web.call("GET", "history", f"{header}.{other}.{signature}")) == (401, "bad_token")


def test_an_expired_token_is_refused(web: Web) -> None:
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
    assert error_of(web.call("GET", "history", signed(exp=past))) == (401, "expired_session")


def test_two_sessions_never_mix(web: Web) -> None:
    one, other = web.start(), web.start()
    web.say(one, "about fees")
    web.say(other, "offer")
    assert [message["text"] for message in web.history(one)] == ["about fees", "You said: about fees"]
    assert [message["text"] for message in web.history(other)] == ["offer", "You said: offer"]
    assert error_of(web.press(one, "topic:fees")) == (400, "unknown_payload")
    assert error_of(web.rate(one, web.history(other)[1]["id"], "up")) == (404, "not_found")
    assert web.call("DELETE", "session", one).status_code == 204
    assert len(web.history(other)) == 2


class FakeRedis(dict[str, str]):
    def set(self, key: str, value: str, ex: object) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)


def stores(tmp_path: object) -> dict[str, TrackerStore]:
    redis = RedisTrackerStore(DOMAIN)
    redis.red = FakeRedis()
    sql = SQLTrackerStore(DOMAIN, db=f"{tmp_path}/rasa.db")
    return {"memory": InMemoryTrackerStore(DOMAIN), "sql": sql, "redis": redis}


@pytest.mark.parametrize("kind", ["memory", "sql", "redis"])
def test_a_session_that_is_deleted_is_forgotten_and_its_token_is_void(kind: str, tmp_path: object) -> None:
    store = stores(tmp_path)[kind]
    with serving(EchoBot(store)) as web:
        token, other = web.start(), web.start()
        answer = web.say(token, "my name is Ada").json()["messages"][0]
        web.say(other, "hello")
        assert web.rate(token, answer["id"], "down").status_code == 204
        assert web.history(token)[1]["feedback"] == "down"
        assert web.call("DELETE", "session", token).status_code == 204
        assert error_of(web.call("GET", "history", token)) == (401, "expired_session")
        assert error_of(web.say(token, "again")) == (401, "expired_session")
        assert error_of(web.call("DELETE", "session", token)) == (401, "expired_session")
        assert len(web.history(other)) == 2
        if isinstance(store, SQLTrackerStore):
            with store.session_scope() as session:
                left = [row.data for row in session.query(store.SQLEvent).all()]
        else:
            left = list((store.store if isinstance(store, InMemoryTrackerStore) else store.red).values())
        assert left
        assert "Ada" not in " ".join(left)


def test_a_conversation_is_not_lost_to_its_visitor_when_deleting_fails(web: Web) -> None:
    token = web.start()
    web.say(token, "hello")
    store = web.bot.tracker_store
    kept, store.store = store.store, None
    assert error_of(web.call("DELETE", "session", token)) == (503, "unavailable")
    store.store = kept
    assert web.call("DELETE", "session", token).status_code == 204


def test_a_message_under_way_is_forgotten_too(web: Web) -> None:
    import threading

    token = web.start()
    thread = threading.Thread(target=web.say, args=(token, "wait"))
    thread.start()
    assert web.bot.waiting.wait(10)
    threading.Timer(0.3, web.bot.go_on.set).start()
    assert web.call("DELETE", "session", token).status_code == 204
    thread.join()
    assert web.bot.tracker_store.store == {}


def test_without_a_secret_there_is_a_random_one_and_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    secrets = {read_secret(None), read_secret("")}
    assert len(secrets) == 2
    assert all(len(secret) >= 32 for secret in secrets)
    assert len(caplog.records) == 2
    assert not any(secret in caplog.text for secret in secrets)


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(SettingsError, match="WEB_SESSION_SECRET has fewer than 32 bytes"):
        read_secret("hunter2")
