"""The pictures of a report, as PNG."""

from __future__ import annotations

import io

import matplotlib

from programme_chatbot.operations.figures import Figures

matplotlib.use("Agg")  # no display is needed
from matplotlib import pyplot as plt

# Part of the figures, its name, and its colour; the colours differ in grey, too.
_PARTS = (
    ("answered", "answered", "#004791"),
    ("unanswered", "unanswered", "#d85497"),
    ("social", "small talk", "#b0b0b0"),
)
_MOST_TOPICS = 20
_MOST_LABELS = 16
_DPI = 100


def draw_periods(table: dict[str, Figures]) -> bytes:
    """Draws how many messages came in each period, and what came of them."""
    figure, axes = plt.subplots(figsize=(9, 3.5))
    bottom = [0] * len(table)
    for part, name, colour in _PARTS:
        heights = [getattr(figures, part) for figures in table.values()]
        axes.bar(range(len(table)), heights, bottom=bottom, color=colour, label=name)
        bottom = [sum(pair) for pair in zip(bottom, heights, strict=True)]
    step = -(-len(table) // _MOST_LABELS)
    axes.set_xticks(range(0, len(table), step), labels=list(table)[::step], rotation=45, ha="right")
    axes.set_ylabel("messages")
    axes.legend()
    return _png(figure)


def draw_topics(table: dict[str, Figures]) -> bytes:
    """Draws how often the most frequent topics were asked for, and what came of it."""
    shown = list(table.items())[:_MOST_TOPICS][::-1]
    figure, axes = plt.subplots(figsize=(9, 1 + 0.28 * len(shown)))
    left = [0] * len(shown)
    for part, name, colour in _PARTS[:2]:
        widths = [getattr(figures, part) for _, figures in shown]
        axes.barh([topic for topic, _ in shown], widths, left=left, color=colour, label=name)
        left = [sum(pair) for pair in zip(left, widths, strict=True)]
    axes.set_xlabel("replies")
    axes.legend()
    return _png(figure)


def _png(figure: plt.Figure) -> bytes:
    content = io.BytesIO()
    figure.tight_layout()
    figure.savefig(content, format="png", dpi=_DPI, metadata={"Software": None})
    plt.close(figure)
    return content.getvalue()
