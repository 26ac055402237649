"""The command `programme-chatbot` and its subcommands."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from pathlib import Path

from programme_chatbot.channels.credentials import channels
from programme_chatbot.knowledge import KnowledgeError, json_schema, load
from programme_chatbot.knowledge.topics import TOPICS
from programme_chatbot.settings import (
    PROJECT_FOLDER,
    SettingsError,
    knowledge_file,
    log_format,
    rest_channel_is_on,
    today,
)

_AGE_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
SCHEMA_FILE = PROJECT_FOLDER / "knowledge" / "programme.schema.json"


def main(arguments: list[str] | None = None) -> int:
    """Runs a subcommand.

    Args:
        arguments: the words after `programme-chatbot`; by default those of the command line.

    Returns:
        The exit status: 0 if all went well, 1 if not, 2 if the words make no sense (raised as SystemExit).
    """
    words = sys.argv[1:] if arguments is None else arguments
    words, rasa_arguments = _split_at_dashes(words)
    options = _parser().parse_args(words)
    if rasa_arguments and options.command != "run":
        print("Only `run` takes arguments after `--`.", file=sys.stderr)
        return 2
    try:
        today()
        log_format()
        return _dispatch(options, rasa_arguments)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output (`| head`) has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(options: argparse.Namespace, rasa_arguments: list[str]) -> int:
    match options.command:
        case "validate":
            return _validate(options.file)
        case "topics":
            return _topics()
        case "schema":
            return _schema(check=options.check)
        case "channels":
            return _channels()
        case "evaluate" | "review":
            return _evaluate(options)
        case "forget" | "report":
            return _operate(options)
        case _:
            return _serve(options, rasa_arguments)


def _validate(file: Path) -> int:
    try:
        knowledge = load(file)
    except KnowledgeError as error:
        print(error.report(), file=sys.stderr)
        return 1
    print(
        f"{file} is valid: {len(knowledge.facts)} facts, {len(knowledge.courses)} courses, "
        f"{len(knowledge.gaps)} known gaps, {len(knowledge.sources)} sources."
    )
    return 0


def _topics() -> int:
    width = max(len(topic.id) for topic in TOPICS)
    for topic in TOPICS:
        print(f"{topic.id:<{width}}  {topic.intent}")
    return 0


def _channels() -> int:
    found = channels(os.environ)
    width = max(len(channel.name) for channel in found)
    for channel in found:
        state = f"off  set {', '.join(channel.missing)}" if channel.missing else "on"
        if channel.name == "rest" and not rest_channel_is_on():
            state = "off  for this machine only: `make run` switches it on"
        print(f"{channel.name:<{width}}  {channel.path:<27}  {state}")
    return 0


def _schema(*, check: bool) -> int:
    schema = json_schema()
    if not check:
        SCHEMA_FILE.write_text(schema, encoding="utf-8")
        print(f"Wrote {SCHEMA_FILE}.")
        return 0
    if not SCHEMA_FILE.exists() or SCHEMA_FILE.read_text(encoding="utf-8") != schema:
        print(f"{SCHEMA_FILE} is out of date; run `programme-chatbot schema`.", file=sys.stderr)
        return 1
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    # Imported here: the other subcommands need no plots.
    from programme_chatbot import launcher
    from programme_chatbot.evaluation.command import evaluate, review

    try:
        with launcher.interruptible():
            if options.command == "review":
                return review(options.file, folder=options.report)
            return evaluate(options.cases, address=options.address, folder=options.report)
    except KeyboardInterrupt:
        print("\nStopped; the last complete report stays.", file=sys.stderr)
        return 1
    except launcher.LaunchError as error:
        print(error, file=sys.stderr)
        return 1


def _operate(options: argparse.Namespace) -> int:
    # Imported here: the other subcommands need no database.
    from programme_chatbot.operations.command import forget, report
    from programme_chatbot.operations.database import DatabaseError

    try:
        if options.command == "forget":
            return forget(older_than=options.older_than, session=options.session)
        return report(since=options.since, format_=options.format, file=options.output)
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1


def _serve(options: argparse.Namespace, rasa_arguments: list[str]) -> int:
    # Imported here: the other subcommands need no process control.
    from programme_chatbot import launcher

    try:
        with launcher.interruptible():
            if options.command == "train":
                launcher.train()
            elif options.command == "worker":
                launcher.run_worker(rasa_port=options.port)
            elif options.command == "actions":
                launcher.run_actions(action_port=options.port)
            elif options.command == "shell":
                launcher.shell(rasa_port=options.port, action_port=options.action_port)
            else:
                launcher.run(
                    rasa_port=options.port,
                    action_port=options.action_port,
                    demo_port=options.demo_port,
                    rasa_arguments=rasa_arguments,
                    production=options.production,
                )
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except launcher.LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="programme-chatbot", description="The programme chatbot.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    validate = commands.add_parser("validate", help="check a knowledge file and tell everything that is wrong")
    validate.add_argument("file", nargs="?", type=Path, default=knowledge_file(), metavar="FILE")
    commands.add_parser("topics", help="list the topics that facts and gaps can belong to, with their intents")
    schema = commands.add_parser("schema", help="write the JSON Schema of knowledge files beside them")
    schema.add_argument("--check", action="store_true", help="only tell whether it is up to date")
    commands.add_parser("channels", help="list the channels: on, or off with what is not set")
    commands.add_parser("train", help="train the model")
    evaluate = commands.add_parser("evaluate", help="put the cases of tests/evaluation to the bot and write a report")
    evaluate.add_argument(
        "cases",
        nargs="*",
        type=Path,
        default=[PROJECT_FOLDER / "tests" / "evaluation"],
        metavar="CASES",
        help="case files or folders of them (default: tests/evaluation)",
    )
    evaluate.add_argument(
        "--address", help="address of a running bot, such as http://127.0.0.1:5005/webhooks/rest/ (default: start one)"
    )
    review = commands.add_parser(
        "review", help="list real messages with what the bot did, to sort into the training data"
    )
    review.add_argument("file", type=Path, metavar="FILE", help="the messages, one a line")
    for command in (evaluate, review):
        command.add_argument(
            "--report",
            type=Path,
            default=PROJECT_FOLDER / "reports",
            metavar="FOLDER",
            help="where the report goes (default: reports)",
        )
    forget = commands.add_parser("forget", help="delete conversations from the database")
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("--older-than", type=_age, metavar="AGE", help="those without a message for so long, such as 90d")
    what.add_argument("--session", metavar="ID", help="the one with this id")
    report = commands.add_parser("report", help="tell what was asked, what went unanswered, and how it was rated")
    report.add_argument(
        "--since", type=_age, default=_age("30d"), metavar="AGE", help="how far back to go (default: 30d)"
    )
    report.add_argument("--format", choices=("md", "html"), default="md", help="Markdown or HTML (default: md)")
    report.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: to the terminal)")
    run = commands.add_parser(
        "run",
        help="serve the bot: train if needed, start action server and Rasa; arguments after -- go to rasa run",
    )
    worker = commands.add_parser("worker", help="run one Rasa with the newest model, beside others or for one address")
    worker.add_argument("--port", type=_port, default=5005, help="its port (default: 5005)")
    actions = commands.add_parser("actions", help="run one action server, for the workers")
    actions.add_argument("--port", type=_port, default=5055, help="its port (default: 5055)")
    shell = commands.add_parser("shell", help="talk to the bot in the terminal")
    for command in (run, shell):
        command.add_argument("--port", type=_port, default=5005, help="port of Rasa (default: 5005)")
        command.add_argument(
            "--action-port", type=_port, default=5055, help="port of the action server (default: 5055)"
        )
    run.add_argument("--demo-port", type=_port, default=8000, help="port of the demo page (default: 8000)")
    run.add_argument("--production", action="store_true", help="for the public: no REST channel and no demo page")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port (1 to 65535)")
    return int(text)


def _age(text: str) -> datetime.timedelta:
    match = re.fullmatch(r"([1-9]\d{0,3})([hdw])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not an age; write hours, days or weeks as 12h, 90d or 4w")
    return datetime.timedelta(**{_AGE_UNITS[match[2]]: int(match[1])})


def _split_at_dashes(words: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in words:
        return words, []
    position = words.index("--")
    return words[:position], words[position + 1 :]


if __name__ == "__main__":
    sys.exit(main())
