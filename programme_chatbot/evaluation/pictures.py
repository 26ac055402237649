"""The pictures of an evaluation's report."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

from programme_chatbot.evaluation import figures
from programme_chatbot.evaluation.running import Result

matplotlib.use("Agg")  # no display is needed
from matplotlib import pyplot as plt

_BLUE, _ORANGE = "#004791", "#d85497"
_DPI = 110


def draw_confusions(results: list[Result], file: Path) -> None:
    """Draws which area of topics got which as its reply, as shares of each row."""
    counts = figures.areas(results)
    names = sorted({name for pair in counts for name in pair})
    table = np.array([[counts[row, column] for column in names] for row in names], dtype=float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(9, 8))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(table), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(table[row, column]), ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(names)), labels=names, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), labels=names)
    axes.set_xlabel("area of the reply")
    axes.set_ylabel("area of the question")
    axes.set_title("Turns by area (colour: share of the row)")
    _save(figure, file)


def draw_confidences(results: list[Result], file: Path) -> None:
    """Draws how sure the bot was that questions are in scope, for those that are and those that are not."""
    inside, outside = figures.scope_confidences(results)
    figure, axes = plt.subplots(figsize=(8, 4.5))
    bins = np.linspace(0, 1, 21)
    for values, name, colour in ((inside, "in scope", _BLUE), (outside, "out of scope", _ORANGE)):
        weights = np.full(len(values), 1 / max(len(values), 1))
        axes.hist(values, bins, weights=weights, alpha=0.65, color=colour, label=f"{name} ({len(values)})")
    axes.set_xlabel("confidence that the question is in scope")
    axes.set_ylabel("share of the questions")
    axes.legend()
    axes.set_title("Confidence of questions in and out of scope")
    _save(figure, file)


def _save(figure: plt.Figure, file: Path) -> None:
    figure.tight_layout()
    figure.savefig(file, dpi=_DPI, metadata={"Software": None})
    plt.close(figure)
