"""Who pays what of one thing that is bought: a cost in whole pence divided among funders, by what they agreed.

Each funder's part is rounded down and the last takes what is left, so that the parts always add back to the penny.
No law says which method two public bodies use: what they agreed is the source. Sources on who must be among them:
Mental Health Act 1983 s117 (after-care is a joint duty of the council and the NHS, with no national split); Care Act
2014 s22 and s26; NHS Act 2006 s75.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leeway.law.numbers import least, pounds, split
from leeway.law.outcome import BadInput, Choice

#: How funders may divide a cost.
METHODS: tuple[Choice, ...] = (
    Choice("fixed", "A fixed share each", "Each pays a percentage of it. Together they are 100%."),
    Choice("owner", "Whoever’s task it is", "One pays all of it, such as the NHS for a health task."),
    Choice("needs_tool", "By the scores of a needs tool", "Each pays in proportion to its score."),
    Choice("capped", "So much a week, and the rest to another", "Each pays up to an amount; the last pays the rest."),
    Choice("incremental", "What lies above a baseline", "The first pays up to the baseline; the last what is above."),
)
METHOD_BY_CODE = {method.code: method for method in METHODS}
ALL_OF_IT = 100_00  # hundredths of one percent
IN_TURN = ("capped", "incremental")


@dataclass(frozen=True, slots=True)
class Portion:
    """What was agreed of one funder.

    `figure` is hundredths of one percent for a fixed share, a score for a needs tool, whole pence a week for a cap or a
    baseline; none for whoever owns the task, and for whoever pays the rest.
    """

    funder: str
    figure: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """Each funder's part in pence, in the order in which they were given, and the steps to it."""

    parts: tuple[int, ...]
    steps: tuple[Mapping[str, Any], ...]


def share(method: str, portions: Sequence[Portion], pence_per_week: int) -> Shared:
    """Divide what something costs a week among those who pay it.

    >>> share("fixed", [Portion("NHS", 50_00), Portion("Council", 50_00)], 100_01).parts
    (5000, 5001)
    """
    weights = weights_of(method, portions, pence_per_week)
    parts = split(pence_per_week, weights) if sum(weights) else [0] * len(weights)
    steps = [{"name": "What it costs a week", "pence": pence_per_week, "sentence": "The line of the plan."}]
    for portion, pence in zip(portions, parts, strict=True):
        steps.append({"name": portion.funder, "pence": pence, "sentence": _WORDS[method](portion)})
    source = {"source": "What the funders agreed", "parameter": ""}
    return Shared(tuple(parts), tuple(step | source for step in steps))


def weights_of(method: str, portions: Sequence[Portion], pence_per_week: int) -> list[int]:
    """In which proportion funders pay: whole numbers of any scale, as `split` takes them.

    Raises BadInput where what was agreed cannot be meant.

    >>> weights_of("capped", [Portion("Grant", 300_00), Portion("Council")], 420_00)
    [30000, 12000]
    """
    _require_agreed(method, portions)
    if method == "owner":
        return [1]
    if method not in IN_TURN:
        return [portion.figure or 0 for portion in portions]
    left, found = pence_per_week, []
    for portion in portions:
        found.append(left if portion.figure is None else least(portion.figure, left))
        left -= found[-1]
    return found


def _require_agreed(method: str, portions: Sequence[Portion]) -> None:
    """Refuse an agreement that leaves something unpaid, or pays it twice."""
    if method not in METHOD_BY_CODE:
        raise BadInput(f"Choose how it is divided: {', '.join(METHOD_BY_CODE)}.", field="method")
    names, figures = [portion.funder for portion in portions], [portion.figure for portion in portions]
    if not portions:
        raise BadInput("Say who pays.", field="portions")
    if len(set(names)) < len(names):
        raise BadInput("A funder stands here twice. Give each one line, with all that it pays.", field="portions")
    if any(figure is not None and figure < 0 for figure in figures):
        raise BadInput("Nobody pays less than nothing. Enter nought or more.", field="portions")
    if problem := _PROBLEMS[method](figures):
        raise BadInput(problem, field="portions")


def _problem_of_fixed(figures: Sequence[int | None]) -> str:
    if None in figures or (whole := sum(figure or 0 for figure in figures)) != ALL_OF_IT:
        said = "" if None in figures else f" They are {percent(whole)} now."
        return f"The shares must be 100% together.{said} Change them."
    return ""


def _problem_of_owner(figures: Sequence[int | None]) -> str:
    return "" if list(figures) == [None] else "Name the one whose task it is, without a figure."


def _problem_of_tool(figures: Sequence[int | None]) -> str:
    return "" if None not in figures and any(figures) else "Enter the score of each funder; one must be above nought."


def _problem_of_caps(figures: Sequence[int | None]) -> str:
    if len(figures) < 2 or figures[-1] is not None or None in figures[:-1]:
        return "Enter up to how much a week each pays, and leave the last without an amount: it pays the rest."
    return ""


def _problem_of_baseline(figures: Sequence[int | None]) -> str:
    if len(figures) != 2 or figures[0] is None or figures[1] is not None:
        return "Enter the baseline of the first of two funders. The other pays what lies above it, without an amount."
    return ""


_PROBLEMS: Mapping[str, Callable[[Sequence[int | None]], str]] = {
    "fixed": _problem_of_fixed,
    "owner": _problem_of_owner,
    "needs_tool": _problem_of_tool,
    "capped": _problem_of_caps,
    "incremental": _problem_of_baseline,
}
_WORDS: Mapping[str, Callable[[Portion], str]] = {
    "fixed": lambda portion: f"{percent(portion.figure or 0)} of it.",
    "owner": lambda portion: "All of it: the task is theirs.",
    "needs_tool": lambda portion: f"In proportion to a score of {portion.figure}.",
    "capped": lambda portion: "The rest." if portion.figure is None else f"Up to {pounds(portion.figure)} a week.",
    "incremental": lambda portion: (
        "What lies above the baseline."
        if portion.figure is None
        else f"The baseline of {pounds(portion.figure)} a week."
    ),
}


def in_words(method: str, portion: Portion) -> str:
    """What was agreed of one funder, in a few words."""
    return _WORDS[method](portion)


def percent(hundredths: int) -> str:
    """Hundredths of one percent as people write them.

    >>> percent(50_00), percent(33_33), percent(12_50)
    ('50%', '33.33%', '12.5%')
    """
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"
