"""Rasa's default pipeline, trained on our data, and its evaluation beside ours; run by `make evaluate-baseline`.

It has the configuration that `rasa init` writes, and our training data, domain, rules and actions, so that what differs
is how messages are understood. Its 100 epochs take more than an hour on two cores; `--epochs` trains fewer, and reports
say how many. The model stays in models/baseline.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from programme_chatbot import launcher
from programme_chatbot.evaluation import figures
from programme_chatbot.evaluation.cases import load_cases
from programme_chatbot.evaluation.command import CASES, REPORTS, results_of
from programme_chatbot.settings import PROJECT_FOLDER

CONFIG = PROJECT_FOLDER / "benchmarks" / "baseline" / "config.yml"
MODELS = launcher.MODELS / "baseline"
REPORT = REPORTS / "baseline.md"
EPOCHS = 100  # of `rasa init`


@dataclass(frozen=True)
class Baseline:
    """The trained baseline.

    Args:
        model: its archive.
        epochs: epochs of its NLU components.
        seconds: how long the training took.
    """

    model: Path
    epochs: int
    seconds: float

    @property
    def name(self) -> str:
        """What reports call it."""
        fewer = "" if self.epochs == EPOCHS else f" ({self.epochs} of {EPOCHS} epochs)"
        return f"Rasa's default pipeline{fewer}"

    @property
    def full_seconds(self) -> float:
        """How long all epochs take: measured, or extrapolated from fewer."""
        return self.seconds * EPOCHS / self.epochs


def main() -> None:
    """Trains if needed, evaluates both and writes the comparison."""
    compare(trained(read_epochs(__doc__ or "")))


def compare(baseline: Baseline) -> tuple[figures.Share, figures.Share]:
    """Evaluates both bots on all cases, writes the comparison and returns the shares of right cases, ours first."""
    cases = load_cases([CASES])
    theirs = results_of(cases, model=baseline.model)
    ours = results_of(cases)
    rows = [f"| slice | this bot | {baseline.name} |", "| --- | --- | --- |"]
    shares = figures.by_slice(theirs)
    rows += [f"| {name} | {_show(share)} | {_show(shares[name])} |" for name, share in figures.by_slice(ours).items()]
    both = figures.share_right(ours), figures.share_right(theirs)
    rows.append(f"| all | {_show(both[0])} | {_show(both[1])} |")
    refused = figures.refused(ours), figures.refused(theirs)
    rows.append(f"| refused although there is an answer | {_show(refused[0])} | {_show(refused[1])} |")
    intro = (
        "# This bot and Rasa's default pipeline\n\nRight cases of `tests/evaluation`, the same training data, domain, "
        "rules and actions for both. Made by `make evaluate-baseline`.\n\n"
    )
    REPORTS.mkdir(exist_ok=True)
    REPORT.write_text(intro + "\n".join(rows) + "\n", encoding="utf-8")
    print("\n".join(rows) + f"\nReport: {REPORT}")
    return both


def read_epochs(description: str) -> int:
    """Returns the number of epochs that the command line asks for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"epochs of the baseline (default: {EPOCHS})")
    return int(parser.parse_args().epochs)


def trained(epochs: int) -> Baseline:
    """Returns the baseline, trained if its inputs have changed."""
    config = re.sub(r"(name: (?:DIETClassifier|ResponseSelector)\n  epochs:) \d+", rf"\1 {epochs}", CONFIG.read_text())
    digest = hashlib.sha256(config.encode())
    for file in (PROJECT_FOLDER / "domain.yml", *sorted((PROJECT_FOLDER / "data").glob("*.yml"))):
        digest.update(file.read_bytes())
    model = MODELS / f"{digest.hexdigest()[:16]}.tar.gz"
    figures_file = MODELS / f"{digest.hexdigest()[:16]}.json"
    if not figures_file.exists():
        seconds = _train(config, model)
        figures_file.write_text(json.dumps({"epochs": epochs, "seconds": seconds}), encoding="utf-8")
    return Baseline(model, **json.loads(figures_file.read_text(encoding="utf-8")))


def _train(config: str, model: Path) -> float:
    start = time.monotonic()
    print("Training the baseline, for a minute an epoch or so ...", flush=True)
    log = launcher.LOGS / "train-baseline.log"
    log.parent.mkdir(exist_ok=True)
    MODELS.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file, log.open("wb") as output:
        file.write(config)
        file.flush()
        command = [sys.executable, "-m", "rasa", "train", "--config", file.name, "--out", str(MODELS), "--force"]
        subprocess.run(
            [*command, "--fixed-model-name", model.name.removesuffix(".tar.gz")],
            cwd=PROJECT_FOLDER,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=True,
        )
    print(f"  trained in {time.monotonic() - start:.0f} s", flush=True)
    return time.monotonic() - start


def _show(share: figures.Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
