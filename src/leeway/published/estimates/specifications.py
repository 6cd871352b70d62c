"""The answers a panel is asked for by name: from the plain two-way model to what each year's change goes with."""

from collections.abc import Callable
from dataclasses import dataclass

from leeway.published.estimates.panel import Panel, differenced, lagged
from leeway.published.estimates.regression import DRAWS, Estimate, NotEstimated, Within, estimate, leave_one_out
from leeway.refusal import Refusal


@dataclass(frozen=True)
class Specification:
    """One way of asking: what is done to the panel first, and what is then taken out."""

    name: str
    about: str
    within: Within = Within.LEVELS
    period_effects: bool = True
    change: Callable[[Panel], Panel] | None = None

    def run(self, panel: Panel, *, draws: int) -> Estimate:
        """The estimate. Refuses (NotEstimated) where this panel cannot answer."""
        ready = self.change(panel) if self.change else panel
        return estimate(ready, within=self.within, period_effects=self.period_effects, draws=draws)


MAIN = Specification("two-way fixed effects", "each unit’s own level and what all units share in a period taken out")
SPECIFICATIONS = (
    MAIN,
    Specification(
        "first differences",
        "the change from one period to the next, less the change all units share",
        within=Within.NOTHING,
        change=differenced,
    ),
    Specification(
        "first differences without period effects",
        "the change from one period to the next, less its average over all units and periods",
        within=Within.NOTHING,
        period_effects=False,
        change=differenced,
    ),
    Specification("unit trends", "two-way, and each unit’s own straight trend taken out too", within=Within.TRENDS),
    Specification("effect a period before", "two-way, with the effect of the period before", change=lagged),
    Specification(
        "first differences, effect a period before",
        "the change in the outcome against the change in the effect a period earlier",
        within=Within.NOTHING,
        change=lambda panel: differenced(lagged(panel)),
    ),
    Specification(
        "unit effects only", "each unit’s own level taken out, and nothing of what all share", period_effects=False
    ),
    Specification(
        "period effects only", "units compared with each other as well as with themselves", within=Within.NOTHING
    ),
)


def answers(panel: Panel, *, draws: int = DRAWS) -> tuple[dict[str, Estimate], dict[str, str]]:
    """Every estimate by its name, and why any could not be made.

    Refuses a panel that cannot answer the plain two-way model: there is nothing to say about it.
    """
    made: dict[str, Estimate] = {}
    not_made: dict[str, str] = {}
    for specification in SPECIFICATIONS:
        try:
            made[specification.name] = specification.run(panel, draws=draws)
        except NotEstimated as reason:
            not_made[specification.name] = str(reason)
    if MAIN.name in not_made:
        raise Refusal(f"No estimate can be made: {not_made[MAIN.name]}.")
    return made, not_made


def without_each_group(panel: Panel) -> dict[str, Estimate]:
    """The two-way model without each group in turn. Refuses where there are not two groups or one cannot be spared."""
    if len(set(panel.complete().group)) < 2:
        raise Refusal("There are fewer than two groups to leave out in turn. Give a column with two or more.")
    return leave_one_out(panel)
