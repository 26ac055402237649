"""Evaluates Rasa's default pipeline beside ours, on the same cases and training data; run by `make evaluate-baseline`.

The baseline has the configuration that `rasa init` writes, and our training data, domain, rules and actions, so that
what differs is how messages are understood. Its training takes more than an hour on two cores; the model stays in
models/baseline.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
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


def main() -> None:
    """Trains if needed, evaluates both and writes the comparison."""
    cases = load_cases([CASES])
    baseline = results_of(cases, model=train())
    ours = results_of(cases)
    rows = ["| slice | this bot | Rasa's default pipeline |", "| --- | --- | --- |"]
    shares = figures.by_slice(baseline)
    rows += [f"| {name} | {_show(share)} | {_show(shares[name])} |" for name, share in figures.by_slice(ours).items()]
    both = figures.share_right(ours), figures.share_right(baseline)
    rows.append(f"| all | {_show(both[0])} | {_show(both[1])} |")
    refused = figures.refused(ours), figures.refused(baseline)
    rows.append(f"| refused although there is an answer | {_show(refused[0])} | {_show(refused[1])} |")
    intro = (
        "# This bot and Rasa's default pipeline\n\nRight cases of `tests/evaluation`, the same training data, domain, "
        "rules and actions for both. Made by `make evaluate-baseline`.\n\n"
    )
    REPORTS.mkdir(exist_ok=True)
    REPORT.write_text(intro + "\n".join(rows) + "\n", encoding="utf-8")
    print("\n".join(rows) + f"\nReport: {REPORT}")


def train() -> Path:
    """Returns the baseline's model, trained if its inputs have changed."""
    digest = hashlib.sha256(CONFIG.read_bytes())
    for file in (PROJECT_FOLDER / "domain.yml", *sorted((PROJECT_FOLDER / "data").glob("*.yml"))):
        digest.update(file.read_bytes())
    model = MODELS / f"{digest.hexdigest()[:16]}.tar.gz"
    if not model.exists():
        start = time.monotonic()
        print("Training the baseline, more than an hour on two cores ...", flush=True)
        command = [sys.executable, "-m", "rasa", "train", "--config", str(CONFIG), "--out", str(MODELS)]
        log = launcher.LOGS / "train-baseline.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as output:
            subprocess.run(
                [*command, "--fixed-model-name", model.name.removesuffix(".tar.gz")],
                cwd=PROJECT_FOLDER,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=True,
            )
        print(f"  trained in {time.monotonic() - start:.0f} s", flush=True)
    return model


def _show(share: figures.Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
