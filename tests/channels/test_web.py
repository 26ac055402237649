"""The web channel's HTTP contract, with a bot that says what it was given."""

from __future__ import annotations

import datetime
import logging
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from rasa.utils.endpoints import EndpointConfig

from tests.channels.web_server import BUTTONS, PAGE, SOURCE, EchoBot, Web, error_of, serving

BOT_KEYS = {"id", "author", "text", "time", "topic", "status", "language", "sources", "buttons", "card", "feedback"}


# Messages


def test_a_question_gets_the_bot_s_messages_with_everything_the_contract_names(web: Web) -> None:
    answer = web.say(web.start(), "  offer ")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    (message,) = answer.json()["messages"]
    assert message.keys() == BOT_KEYS
    assert message["author"] == "bot"
    assert message["text"] == "You said: offer"
    assert (message["topic"], message["status"], message["language"]) == ("fees.amount", "answered", "en")
    assert message["sources"] == [SOURCE]
    assert message["buttons"] == BUTTONS
    assert (message["card"], message["feedback"]) == (None, None)
    time = datetime.datetime.fromisoformat(message["time"].replace("Z", "+00:00"))
    assert abs(datetime.datetime.now(datetime.timezone.utc) - time) < datetime.timedelta(minutes=1)


def test_a_card_is_handed_on(web: Web) -> None:
    token = web.start()
    (message,) = web.say(token, "card").json()["messages"]
    assert message["card"] == {"type": "list", "title": "Fees", "items": ["one"]}
    assert web.history(token)[1]["card"] == message["card"]


def test_history_holds_both_sides_in_order_with_the_ids_of_the_answers(web: Web) -> None:
    token = web.start()
    assert web.history(token) == []
    answers = [web.say(token, text).json()["messages"][0] for text in ("one", "two")]
    messages = web.history(token)
    assert [(message["author"], message["text"]) for message in messages] == [
        ("user", "one"),
        ("bot", "You said: one"),
        ("user", "two"),
        ("bot", "You said: two"),
    ]
    assert messages[1::2] == answers
    assert messages[0].keys() == {"id", "author", "text", "time"}
    assert len({message["id"] for message in messages}) == 4
    assert web.history(token) == messages


def test_history_ends_after_the_last_200_messages() -> None:
    with serving(messages_per_minute_session=1000, requests_per_minute_address=1000) as web:
        token = web.start()
        for number in range(101):
            web.say(token, str(number))
        messages = web.history(token)
        assert len(messages) == 200
        assert (messages[0]["text"], messages[-1]["text"]) == ("1", "You said: 100")


def test_a_button_that_was_offered_can_be_pressed_and_history_shows_its_title(web: Web) -> None:
    token = web.start()
    web.say(token, "offer")
    assert web.press(token, "topic:dates").status_code == 200
    assert web.bot.given[-1] == "topic:dates"
    assert web.history(token)[2]["text"] == "Title of dates"
    web.say(token, "something else")
    assert web.press(token, "topic:fees").status_code == 200


@pytest.mark.parametrize(
    "payload", ["topic:other", "/restart", '/inform{"slot": 1}', "", "topic:fees ", "Title of fees"]
)
def test_a_payload_that_was_not_offered_is_refused(web: Web, payload: str) -> None:
    token = web.start()
    web.say(token, "offer")
    assert error_of(web.press(token, payload)) == (400, "unknown_payload")
    assert web.bot.given == ["offer"]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("/restart", "restart"),
        (' // /inform{"slot": "x"}', 'inform{"slot": "x"}'),
        ("topic:fees", "topic fees"),
        ("ＴＯＰＩＣ：fees", "TOPIC fees"),
    ],
)
def test_what_is_typed_is_never_a_command_or_a_pressed_button(web: Web, text: str, given: str) -> None:
    token = web.start()
    web.say(token, "offer")
    assert web.say(token, text).status_code == 200
    assert web.bot.given[-1] == given
    assert web.history(token)[2]["text"] == text.strip()


def test_what_cannot_be_stored_is_replaced(web: Web) -> None:
    answer = web.call("POST", "messages", web.start(), data=b'{"text": "a \\ud800 b \\u0000 c"}')
    assert answer.status_code == 200
    assert "?" in answer.json()["messages"][0]["text"]


@pytest.mark.parametrize("text", ["", "   ", "\n", "/", "// /", "\u200b\u200b", "\u0000"])
def test_an_empty_message_is_refused(web: Web, text: str) -> None:
    assert error_of(web.say(web.start(), text)) == (400, "empty")
    assert web.bot.given == []


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"[]", b'"hello"', b"5", b"{}", b"\xff\xfe\x00", b"[" * 4000),
        *(b'{"text": 5}', b'{"text": null}', b'{"text": ["hello"]}', b'{"text": {"a": 1}}', b'{"payload": 5}'),
        *(b'{"text": "a", "payload": "topic:fees"}', b'{"text": "a", "sender": "web-other"}', b'{"message": "a"}'),
    ],
    ids=range(17),
)
def test_a_malformed_message_is_refused(web: Web, body: bytes) -> None:
    assert error_of(web.call("POST", "messages", web.start(), data=body)) == (400, "malformed")
    assert web.bot.given == []


# Feedback


def test_feedback_is_kept_with_the_conversation_and_can_be_changed_and_taken_back(web: Web) -> None:
    token = web.start()
    one, two = (web.say(token, text).json()["messages"][0]["id"] for text in ("one", "two"))
    for value, shown in (("up", "up"), ("down", "down"), ("none", None)):
        answer = web.rate(token, one, value)
        assert (answer.status_code, answer.content) == (204, b"")
        assert [message["feedback"] for message in web.history(token) if message["author"] == "bot"] == [shown, None]
    assert web.rate(token, two, "up").status_code == 204
    web.say(token, "three")
    assert [message["feedback"] for message in web.history(token)[1::2]] == [None, "up", None]


def test_the_same_feedback_again_does_not_make_the_conversation_longer(web: Web) -> None:
    token = web.start()
    id_ = web.say(token, "one").json()["messages"][0]["id"]
    assert web.rate(token, id_, "none").status_code == 204
    store = web.bot.tracker_store.store
    before = dict(store)
    assert web.rate(token, id_, "none").status_code == 204
    assert store == before


def test_feedback_is_for_messages_of_the_bot_in_this_conversation(web: Web) -> None:
    token = web.start()
    web.say(token, "one")
    assert error_of(web.rate(token, web.history(token)[0]["id"], "up")) == (404, "not_found")
    assert error_of(web.rate(token, "m1", "up")) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        *({"message": "m1"}, {"value": "up"}, {"message": "m1", "value": "great"}, {"message": 5, "value": "up"}),
        *(
            {"message": "m1", "value": None},
            {"message": "m1", "value": ["up"]},
            {"message": "m1", "value": "up", "x": 1},
        ),
        *({}, [], "up"),
    ],
)
def test_malformed_feedback_is_refused(web: Web, body: Any) -> None:
    assert error_of(web.call("POST", "feedback", web.start(), json=body)) == (400, "malformed")


# Failures


def test_an_exception_becomes_a_sentence_without_its_details(web: Web) -> None:
    token = web.start()
    answer = web.say(token, "crash")
    assert error_of(answer) == (503, "unavailable")
    assert "secret detail" not in answer.text
    assert web.say(token, "hello").status_code == 200


def test_silence_becomes_a_sentence(web: Web) -> None:
    assert error_of(web.say(web.start(), "silence")) == (503, "unavailable")


def test_without_a_model_the_channel_says_that_it_is_not_available(web: Web) -> None:
    token = web.start()
    web.bot.ready = False
    assert error_of(web.say(token, "hello")) == (503, "unavailable")
    assert error_of(web.call("DELETE", "session", token)) == (503, "unavailable")
    web.bot.ready = True
    assert web.say(token, "hello").status_code == 200  # the session is still there


def test_a_store_that_fails_does_not_look_like_an_empty_conversation(web: Web) -> None:
    token = web.start()
    web.say(token, "hello")
    web.bot.tracker_store.store = None
    assert error_of(web.call("GET", "history", token)) == (503, "unavailable")


@pytest.mark.parametrize("path", ["nothing", "session/", "messages/1", "", "%2e%2e/rest/webhook"])
def test_unknown_addresses_get_the_usual_error(web: Web, path: str) -> None:
    assert error_of(web.call("GET", path)) == (404, "not_found")


@pytest.mark.parametrize(("method", "path"), [("GET", "session"), ("PUT", "messages"), ("POST", "history")])
def test_other_methods_get_the_usual_error(web: Web, method: str, path: str) -> None:
    assert error_of(web.call(method, path)) == (404, "not_found")


def test_no_message_text_is_logged(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    token = web.start()
    web.say(token, "my name is Ada")
    web.say(token, "a" * 501)
    web.press(token, "Ada")
    assert "Ada" not in caplog.text
    assert token not in caplog.text


# Pages


def test_an_allowed_page_may_read_the_answer(web: Web) -> None:
    answer = web.call("POST", "session", headers={"Origin": PAGE})
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = web.call("GET", "history", headers={"Origin": PAGE})
    assert refused.headers["Access-Control-Allow-Origin"] == PAGE  # so that the page can show the sentence


@pytest.mark.parametrize("cors", [None, "*", PAGE])
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", f"{PAGE}.evil.example", f"{PAGE}/", f"{PAGE}0", "null", "", "HTTP://127.0.0.1:8000"],
)
def test_other_pages_are_refused_whatever_rasa_is_told(origin: str, cors: str | None) -> None:
    with serving(cors=cors) as web:
        for method, path in (("POST", "session"), ("OPTIONS", "session"), ("GET", "health"), ("GET", "nothing")):
            answer = web.call(method, path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
            assert error_of(answer) == (403, "origin")
            assert not [name for name in answer.headers if name.lower().startswith("access-control")]
            assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("cors", [None, "*"])
def test_the_preflight_of_an_allowed_page_is_answered(cors: str | None) -> None:
    headers = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    with serving(cors=cors) as web:
        for path in ("session", "messages", "history", "feedback"):
            answer = web.call("OPTIONS", path, headers=headers)
            assert answer.status_code == 204
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
            assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE"
            assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
            assert answer.headers["Vary"] == "Origin"


def test_two_origins_in_one_request_must_both_be_allowed(web: Web) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", web.port)
    connection.putrequest("GET", "/webhooks/web/health")
    connection.putheader("Origin", PAGE)
    connection.putheader("Origin", "https://evil.example")
    connection.endheaders()
    assert connection.getresponse().status == 403


def test_every_response_carries_the_security_headers(web: Web) -> None:
    token = web.start()
    answers = [
        web.call("POST", "session"),
        web.say(token, "hello"),
        web.say(token, "crash"),
        web.call("GET", "history", token),
        web.call("GET", "history"),
        web.call("GET", "nothing"),
        web.call("HEAD", "health"),
        web.call("OPTIONS", "session"),
        web.call("GET", "health"),
        web.call("POST", "session", data=b"x" * 9000),
        web.call("POST", "session", headers={"Origin": "https://evil.example"}),
        web.call("DELETE", "session", token),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_rasas_other_addresses_keep_rasas_cors() -> None:
    with serving(cors="https://other.example") as web:
        url = f"http://127.0.0.1:{web.port}/webhooks/website"
        answer = requests.get(url, headers={"Origin": "https://other.example"}, timeout=10)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://other.example"


# Health


class ActionServer(BaseHTTPRequestHandler):
    status = b"ok"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/status" else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"status": "%s"}' % self.status)

    def log_message(self, *_: object) -> None:
        pass


def start_action_server(bot: EchoBot) -> HTTPServer:
    """Starts the server and tells the bot where it is; it runs until it is shut down."""
    actions = HTTPServer(("127.0.0.1", 0), ActionServer)
    Thread(target=actions.serve_forever, daemon=True).start()
    bot.action_endpoint = EndpointConfig(f"http://127.0.0.1:{actions.server_port}/webhook")
    return actions


def test_health_is_good_when_everything_works() -> None:
    bot = EchoBot()
    actions = start_action_server(bot)
    with serving(bot) as web:
        answer = web.call("GET", "health")
        assert (answer.status_code, answer.json()) == (
            200,
            {"status": "ok", "model": True, "actions": True, "store": True, "knowledge": True},
        )
        bot.ready = False
        answer = web.call("GET", "health")
        assert (answer.status_code, answer.json()["model"]) == (503, False)
        bot.ready = True
        bot.tracker_store.store = None
        answer = web.call("GET", "health")
        assert (answer.status_code, answer.json()["store"]) == (503, False)
        bot.tracker_store.store = {}
        actions.shutdown()
        actions.server_close()
        answer = web.call("GET", "health")
        assert (answer.status_code, answer.json()) == (
            503,
            {"status": "unavailable", "model": True, "actions": False, "store": True, "knowledge": False},
        )


def test_an_invalid_knowledge_file_is_told_but_takes_no_answers_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActionServer, "status", b"degraded")
    bot = EchoBot()
    actions = start_action_server(bot)
    with serving(bot) as web:
        answer = web.call("GET", "health")
    actions.shutdown()
    actions.server_close()
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "model": True, "actions": True, "store": True, "knowledge": False},
    )


def test_health_tells_when_there_is_no_action_server_or_no_agent(web: Web) -> None:
    assert web.call("GET", "health").json()["actions"] is False
    with serving() as other:
        other.bot.ready = False
        assert other.call("GET", "health").status_code == 503
