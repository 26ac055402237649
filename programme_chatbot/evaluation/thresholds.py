"""The least that an evaluation must reach: tests/thresholds.yml."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Extra, ValidationError

from programme_chatbot.evaluation import figures
from programme_chatbot.evaluation.cases import Slice
from programme_chatbot.evaluation.running import Result
from programme_chatbot.knowledge.problems import KnowledgeError, Problem
from programme_chatbot.knowledge.reading import read


class ThresholdError(KnowledgeError):
    """The file of thresholds is invalid."""

    kind = "file of thresholds"


class EvaluationThresholds(BaseModel):
    """The least that an evaluation must reach.

    Args:
        right: slice -> least share of right cases, 0 to 1.
        refused: greatest share of questions with an answer that may be refused.
    """

    class Config:
        """Unknown keys are errors: they are typing mistakes."""

        extra = Extra.forbid

    right: dict[Slice, float]
    refused: float

    def missed(self, results: list[Result]) -> list[str]:
        """Returns a sentence for each threshold that results do not reach; slices that were not run count for none."""
        shares = figures.by_slice(results)
        sentences = [
            f"{name}: {shares[name].value:.1%} right, at least {least:.1%} are demanded."
            for name, least in self.right.items()
            if name in shares and shares[name].value < least
        ]
        refused = figures.refused(results)
        if refused.value > self.refused:
            sentences.append(
                f"{refused.value:.1%} of what has an answer was refused, at most {self.refused:.1%} may be."
            )
        return sentences


def load_thresholds(file: Path) -> EvaluationThresholds:
    """Reads the thresholds.

    Raises:
        ThresholdError: if the file cannot be read or holds anything else.
    """
    try:
        document = read(file)
        return EvaluationThresholds(**document.data)
    except KnowledgeError as error:
        raise ThresholdError(file, error.problems) from None
    except TypeError:
        raise ThresholdError(file, [Problem(1, "", "not a mapping", "`right` and `refused`")]) from None
    except ValidationError as error:
        problems = [
            Problem(
                document.line(detail["loc"]), ".".join(map(str, detail["loc"])), detail["msg"], "a share from 0 to 1"
            )
            for detail in error.errors()
        ]
        raise ThresholdError(file, problems) from None
