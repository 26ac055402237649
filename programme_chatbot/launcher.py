"""Trains the model if needed, and runs action server and Rasa, as one (they fail together) or each by itself."""

from __future__ import annotations

import datetime
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import yaml

from programme_chatbot.demo_server import serving_demo
from programme_chatbot.knowledge.lookup import taught_by
from programme_chatbot.operations.database import DatabaseError
from programme_chatbot.operations.retention import forget_older_than
from programme_chatbot.settings import (
    HOST,
    KNOWLEDGE_VARIABLE,
    PROJECT_FOLDER,
    REST_VARIABLE,
    TODAY_VARIABLE,
    knowledge_file,
    load_knowledge_or_exit,
    log_folder,
    metrics_port,
    retention_days,
    today,
)
from programme_chatbot.storage import (
    DATA_VARIABLE,
    DATABASE_VARIABLE,
    REDIS_VARIABLE,
    database_url,
    kept_secret,
    redis_url,
)

ORIGINS_VARIABLE = "WEB_ALLOWED_ORIGINS"  # of the web channel
SECRET_VARIABLE = "WEB_SESSION_SECRET"  # of the web channel
ACTIONS_VARIABLE = "ACTION_SERVER_URL"
RASA_PORT = 5005
ACTION_PORT = 5055
DEMO_PORT = 8000
MODELS = PROJECT_FOLDER / "models"
LOGS = log_folder()
_MODEL_INPUTS = ("config.yml", "domain.yml", "data", "programme_chatbot/nlu", "programme_chatbot/typed_text.py")
_START_TIMEOUT = 180.0
_STOP_TIMEOUT = 10.0
_POLL = 0.25
_NO_STORES = {DATABASE_VARIABLE: "", REDIS_VARIABLE: ""}
_PROGRESS_EVERY = 5.0
_HOUR = 3600.0
_LOCAL = {REST_VARIABLE: "on"}  # for this machine only
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the servers are on this machine


class LaunchError(Exception):
    """Something could not be started; the text is one sentence for the person at the terminal."""


def newest_model() -> Path | None:
    """Returns the newest trained model, if there is one."""
    models = sorted(MODELS.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    return models[-1] if models else None


def model_is_current() -> bool:
    """Tells whether the newest model was made of what is here now: data, configuration, code, and names in use."""
    model = newest_model()
    stamp = _stamp_of(model) if model else None
    return stamp is not None and stamp.exists() and stamp.read_text(encoding="utf-8") == _inputs_hash()


def train() -> Path:
    """Trains a model; shows the time that it takes and keeps the output in logs/train.log.

    Returns:
        The model.

    Raises:
        LaunchError: if training fails.
        SystemExit: if the knowledge file is invalid, after telling why.
    """
    inputs = _inputs_hash()
    command = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--out", str(MODELS)]
    process = _start(command, LOGS / "train.log", {})
    with _stopping(process):
        start = time.monotonic()
        announced = 0.0
        while process.poll() is None:
            elapsed = time.monotonic() - start
            if elapsed - announced >= _PROGRESS_EVERY:
                announced = elapsed
                print(f"  training ... {elapsed:.0f} s", flush=True)
            time.sleep(_POLL)
    model = newest_model()
    if process.returncode != 0 or model is None:
        raise LaunchError(f"Training failed; {LOGS / 'train.log'} tells why.")
    _stamp_of(model).write_text(inputs, encoding="utf-8")
    print(f"  trained in {time.monotonic() - start:.0f} s", flush=True)
    return model


def ensure_model() -> Path:
    """Returns a model that is newer than its inputs, training one if needed (see `train`)."""
    if not model_is_current():
        print("The model is missing or was made of other data, so it is trained first.", flush=True)
        return train()
    model = newest_model()
    assert model is not None
    return model


def run(
    *,
    rasa_port: int = RASA_PORT,
    action_port: int = ACTION_PORT,
    demo_port: int = DEMO_PORT,
    rasa_arguments: list[str] | None = None,
    production: bool = False,
) -> None:
    """Serves the bot, and a demo page with the widget, until it is interrupted; deletes old conversations meanwhile.

    Args:
        rasa_port: port of Rasa's channels.
        action_port: port of the action server.
        demo_port: port of the demo page.
        rasa_arguments: further arguments for `rasa run`.
        production: whether this is for the public: no REST channel, no demo page, no start without secret and origins.

    Raises:
        LaunchError: if a port is taken, the model cannot be loaded, or one of the two servers ends.
        SettingsError: if an environment variable has a value that makes no sense.
        SystemExit: if the knowledge file is invalid, after telling why.
    """
    retention = datetime.timedelta(days=retention_days())
    if production:
        _check_production(rasa_arguments or [])
    _check_start(rasa_port, action_port, *([] if production else [demo_port]), *filter(None, [metrics_port()]))
    model = ensure_model()
    start = time.monotonic()
    demo_pages = f"http://{HOST}:{demo_port},http://localhost:{demo_port}"
    profile = (
        {REST_VARIABLE: "off"}
        if production
        else {**_LOCAL, ORIGINS_VARIABLE: os.environ.get(ORIGINS_VARIABLE, demo_pages)}
    )
    with ExitStack() as servers:
        actions = servers.enter_context(action_server(action_port))
        rasa = servers.enter_context(_rasa(model, rasa_port, _webhook(action_port), rasa_arguments, profile))
        hint = "This is for the public: put a proxy before it.\n"
        if not production:
            page = servers.enter_context(serving_demo(demo_port, f"http://{HOST}:{rasa_port}/webhooks/web"))
            hint = f"Open {page} for a page with the chat.\n"
        seconds = time.monotonic() - start
        print(f"Ready after {seconds:.0f} s. Today is {today()}.\n{hint}Stop with Ctrl-C.", flush=True)
        processes = ((actions, "The action server", LOGS / "actions.log"), (rasa, "Rasa", LOGS / "rasa.log"))
        _watch(*processes, hourly=lambda: _forget(retention))


def run_worker(*, rasa_port: int = RASA_PORT) -> None:
    """Runs one Rasa beside others, with the newest model, until it is interrupted; raises as `run` does.

    Its action server is that of `ACTION_SERVER_URL`, by default the one of this machine.
    """
    _check_start(rasa_port)
    model = newest_model()
    if model is None:
        raise LaunchError("There is no model; make one with `programme-chatbot train`.")
    if not model_is_current():
        print("The model was made of other data than now; `programme-chatbot train` makes a new one.", flush=True)
    if not redis_url() or database_url().startswith("sqlite"):
        servers = f"{DATABASE_VARIABLE} and {REDIS_VARIABLE}"
        print(f"{servers} do not both name servers: run no second worker beside this one.", flush=True)
    action_url = os.environ.get(ACTIONS_VARIABLE) or _webhook(ACTION_PORT)
    with _rasa(model, rasa_port, action_url, None, {}, log=None) as rasa:
        print(f"Ready: {rest_address(rasa_port)}", flush=True)
        _watch((rasa, "Rasa", None))


def run_actions(*, action_port: int = ACTION_PORT) -> None:
    """Runs one action server, beside others or for workers elsewhere; raises as `run` does."""
    _check_start(action_port)
    with action_server(action_port, log=None) as actions:
        print(f"Ready: {_webhook(action_port)}", flush=True)
        _watch((actions, "The action server", None))


@contextmanager
def serving(model: Path, *, action_port: int, rasa_port: int) -> Iterator[Callable[[datetime.date], None]]:
    """Serves the bot with a model, for evaluations and benchmarks; raises as `run` does.

    Yields:
        A function that sets the date: it starts the action server afresh, with `PROGRAMME_TODAY`.
    """
    _check_start(rasa_port, action_port)
    with (
        tempfile.TemporaryDirectory() as data,
        ExitStack() as actions,
        # Their conversations are not those of users, whatever the environment says.
        _rasa(model, rasa_port, _webhook(action_port), None, {**_LOCAL, **_NO_STORES, DATA_VARIABLE: data}),
    ):

        def set_date(date: datetime.date) -> None:
            actions.close()
            actions.enter_context(action_server(action_port, {TODAY_VARIABLE: date.isoformat()}))

        yield set_date


def free_port() -> int:
    """Returns a port on this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def rest_address(port: int) -> str:
    """Returns the address of the REST channel on this machine; a GET tells whether the bot is ready."""
    return f"http://{HOST}:{port}/webhooks/rest/"


def shell(*, rasa_port: int = RASA_PORT, action_port: int = ACTION_PORT) -> None:
    """Opens `rasa shell` with the action server up; raises as `run` does."""
    _check_start(rasa_port, action_port)
    model = ensure_model()
    with action_server(action_port), _endpoints(_webhook(action_port)) as endpoints:
        command = [sys.executable, "-m", "rasa", "shell", "--interface", HOST, "--port", str(rasa_port)]
        log = LOGS / "shell.log"
        print("Loading, some ten seconds ...", flush=True)
        with log.open("wb") as errors:  # Rasa's log would stand between the lines of the conversation
            status = subprocess.run(
                [*command, "--model", str(model), "--endpoints", endpoints],
                cwd=PROJECT_FOLDER,
                env=_environment({}),
                stderr=errors,
                check=False,
            ).returncode
        if status != 0:
            raise LaunchError(f"`rasa shell` ended with an error; {log} tells why.")


@contextmanager
def interruptible() -> Iterator[None]:
    """Makes other ways of ending a program (`kill`, closing the terminal) end the block as Ctrl-C does."""

    def interrupt(signal_number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    previous = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)


def _check_production(rasa_arguments: list[str]) -> None:
    for variable, what in (
        (SECRET_VARIABLE, "the key of the visitors' sessions; make one with `openssl rand -base64 48`"),
        (ORIGINS_VARIABLE, "the pages that may use the chat, such as https://www.example.org"),
    ):
        if not os.environ.get(variable, "").strip():
            raise LaunchError(f"{variable} is not set: {what}.")
    if "--enable-api" in rasa_arguments:
        raise LaunchError("Rasa's HTTP API shows all conversations and loads models; it is not for the public.")


def _forget(age: datetime.timedelta) -> None:
    """Deletes old conversations; a database that is down now may be up at the next time."""
    try:
        conversations = forget_older_than(age)
    except DatabaseError as error:
        print(f"Old conversations could not be deleted: {error}", file=sys.stderr, flush=True)
        return
    if conversations:
        print(f"Deleted {conversations} conversations without a message for {age.days} days.", flush=True)


def _watch(
    *processes: tuple[subprocess.Popen[bytes], str, Path | None], hourly: Callable[[], None] = lambda: None
) -> None:
    """Waits until one of some processes ends, which is an error; does something at once and then every hour."""
    due = 0.0
    while True:
        if time.monotonic() >= due:
            due = time.monotonic() + _HOUR
            hourly()
        for process, name, log in processes:
            if process.poll() is not None:
                raise LaunchError(f"{name} has ended unexpectedly; {_place(log)}.")
        time.sleep(_POLL)


def _place(log: Path | None) -> str:
    return f"{log} tells why" if log else "the lines above tell why"


def _webhook(action_port: int) -> str:
    return f"http://{HOST}:{action_port}/webhook"


def _check_start(*ports: int) -> None:
    database_url()
    redis_url()
    load_knowledge_or_exit()
    if len(set(ports)) < len(ports):
        raise LaunchError("The servers cannot share a port; choose different ones.")
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise LaunchError(
                    f"Port {port} is taken; stop what uses it or choose another with --port, "
                    "--action-port, --demo-port or METRICS_PORT."
                ) from None


@contextmanager
def _rasa(
    model: Path,
    port: int,
    action_url: str,
    arguments: list[str] | None,
    environment: dict[str, str],
    log: Path | None = LOGS / "rasa.log",
) -> Iterator[subprocess.Popen[bytes]]:
    # Browsers keep their sessions when the server starts afresh.
    secret = os.environ.get(SECRET_VARIABLE) or kept_secret()
    with _endpoints(action_url) as endpoints:
        process = _start(
            [
                *(sys.executable, "-m", "rasa", "run", "--interface", HOST, "--port", str(port)),
                *("--model", str(model), "--endpoints", endpoints),
                *("--credentials", str(PROJECT_FOLDER / "credentials.yml"), *(arguments or [])),
            ],
            log,
            {SECRET_VARIABLE: secret, **environment},
        )
        with _stopping(process):
            _wait_until_ready(process, rest_address(port), "Rasa", log)
            yield process


@contextmanager
def action_server(
    port: int, environment: dict[str, str] | None = None, log: Path | None = LOGS / "actions.log"
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs the action server for the time of the block.

    Args:
        port: its port.
        environment: variables beside those of this process.
        log: where its log goes; None for the output of this process.

    Raises:
        LaunchError: if it does not start.
    """
    # `rasa_sdk` instead of `rasa run actions`: the same server without importing TensorFlow.
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    process = _start(command, log, {"SANIC_HOST": HOST, **(environment or {})})
    with _stopping(process):
        _wait_until_ready(process, f"http://{HOST}:{port}/health", "The action server", log)
        yield process


@contextmanager
def _endpoints(action_url: str) -> Iterator[str]:
    """Gives the path of endpoints.yml, or of a copy with another address of the action server."""
    original = PROJECT_FOLDER / "endpoints.yml"
    if action_url == _webhook(ACTION_PORT):
        yield str(original)
        return
    content = yaml.safe_load(original.read_text(encoding="utf-8"))
    content["action_endpoint"]["url"] = action_url
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "endpoints.yml"
        copy.write_text(yaml.safe_dump(content), encoding="utf-8")
        yield str(copy)


def _stamp_of(model: Path) -> Path:
    return model.with_name(model.name.removesuffix(".tar.gz") + ".inputs")


def _inputs_hash() -> str:
    """Returns a hash of what a model is made of; of the knowledge file not the facts."""
    digest = hashlib.sha256("\n".join(taught_by(load_knowledge_or_exit())).encode())
    for name in _MODEL_INPUTS:
        path = PROJECT_FOLDER / name
        for file in sorted(path.glob("*.[py]*")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _environment(extra: dict[str, str]) -> dict[str, str]:
    defaults = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }
    return {**defaults, **os.environ, KNOWLEDGE_VARIABLE: str(knowledge_file()), **extra}


def _start(command: list[str], log: Path | None, extra_environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts a process; without a log it writes to our own output, where the service manager keeps it."""
    with ExitStack() as files:
        output = None
        if log:
            log.parent.mkdir(exist_ok=True)
            output = files.enter_context(log.open("wb"))
        # In a session of its own, so that Ctrl-C reaches only us and we stop the servers in order.
        return subprocess.Popen(
            command,
            cwd=PROJECT_FOLDER,
            env=_environment(extra_environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@contextmanager
def _stopping(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stops a process at the end of the block, by force if it does not go."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):  # an impatient second Ctrl-C
                process.kill()
                process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, name: str, log: Path | None) -> None:
    place = _place(log)
    start = announced = time.monotonic()
    while time.monotonic() - start < _START_TIMEOUT:
        if process.poll() is not None:
            raise LaunchError(f"{name} could not be started; {place}.")
        try:
            with _NO_PROXY.open(address, timeout=2):
                return
        except urllib.error.HTTPError as error:
            if error.code == http.HTTPStatus.SERVICE_UNAVAILABLE:
                sentence = f"The model cannot be loaded; {place}. Delete models/ to train afresh."
                raise LaunchError(sentence) from None
            raise LaunchError(f"{name} answers with an error ({error.code}); {place}.") from None
        except (OSError, http.client.HTTPException):
            if time.monotonic() - announced >= _PROGRESS_EVERY:
                announced = time.monotonic()
                print(f"  starting {name} ... {announced - start:.0f} s", flush=True)
            time.sleep(_POLL)
    raise LaunchError(f"{name} was not ready after {_START_TIMEOUT:.0f} s; {place}.")
