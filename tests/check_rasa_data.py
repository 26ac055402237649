"""Runs `rasa data validate` and fails on any warning of it (it exits with 0 on many)."""

from __future__ import annotations

import os
import subprocess
import sys

# Warnings that are about the packages and not about the data.
_NOT_OURS = ("DeprecationWarning", "MovedIn20Warning", "PendingDeprecationWarning")


def main() -> int:
    """Returns 0 if the data is valid without a warning, else 1 with the warnings printed."""
    print("rasa data validate ...", flush=True)
    process = subprocess.run(
        [sys.executable, "-m", "rasa", "data", "validate"],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    warnings = [
        line
        for line in process.stdout.splitlines()
        if ("Warning" in line or "WARNING" in line or "ERROR" in line) and not any(name in line for name in _NOT_OURS)
    ]
    if process.returncode == 0 and not warnings:
        print("The training data is valid, without a warning.")
        return 0
    print("\n".join(warnings) or process.stdout, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
