"""Who bears what a pooled fund spent over or under its contributions, by the rule that its partners agreed.

The law leaves the rule to the agreement: NHS Act 2006 s75; SI 2000/617 reg. 7 asks for each partner's contributions
and how they may be varied. An overspend is more than nothing and an underspend less; both are shared the same way,
and what the partners bear adds back to it to the penny.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leeway.law.numbers import floor_div, least, pounds, split
from leeway.law.outcome import Choice
from leeway.refusal import Refusal

PRO_RATA, CAP_AND_COLLAR, HOST_FIRST = "pro_rata", "cap_and_collar", "host_first"
RULES: tuple[Choice, ...] = (
    Choice(PRO_RATA, "In proportion to contributions"),
    Choice(
        CAP_AND_COLLAR,
        "In proportion, within a cap and a collar",
        "An overspend up to the cap and an underspend up to the collar are shared. What is beyond stays with the host.",
    ),
    Choice(
        HOST_FIRST,
        "First slice to the host, then in proportion",
        "The host bears, or keeps, the first slice. What is beyond it is shared.",
    ),
)
SOURCE = "The pool’s agreement under NHS Act 2006, s. 75"


@dataclass(frozen=True, slots=True)
class RiskRule:
    """What partners agreed: the rule, and its figures in percent of the pool's contributions."""

    kind: str
    cap_percent: int = 0
    collar_percent: int = 0
    first_percent: int = 0


@dataclass(frozen=True, slots=True)
class RiskShare:
    """What each partner bears of an overspend, or keeps of an underspend (less than nothing), with the steps to it."""

    shares: Mapping[str, int]
    steps: tuple[Mapping[str, Any], ...]


def share_risk(rule: RiskRule, contributions: Mapping[str, int], *, host: str, spent_pence: int) -> RiskShare:
    """Share what was spent over or under the contributions, with every step.

    >>> rule = RiskRule(HOST_FIRST, first_percent=2)
    >>> dict(share_risk(rule, {"Council": 600_00, "NHS": 400_00}, host="Council", spent_pence=1_030_00).shares)
    {'Council': 2600, 'NHS': 400}
    """
    if host not in contributions:
        raise Refusal("The host must be one of the partners who contribute. Add the host’s contribution first.")
    if min(contributions.values()) < 0 or sum(contributions.values()) <= 0:
        raise Refusal("Nothing can be shared before the partners’ contributions are entered. Enter them first.")
    pool_pence = sum(contributions.values())
    over_pence = spent_pence - pool_pence
    steps = [
        _step("contributions", pool_pence, f"The partners contribute {pounds(pool_pence)}."),
        _step("spent", spent_pence, f"{pounds(spent_pence)} is spent."),
        _step("over_or_under", over_pence, f"That is {in_words(over_pence)}."),
    ]
    shared_pence, of_host_pence = _apart(rule, pool_pence, over_pence, steps)
    parts = split(shared_pence, list(contributions.values()))
    shares = dict(zip(contributions, parts, strict=True))
    for name, pence in shares.items():
        whole = f"{pounds(contributions[name])} of {pounds(pool_pence)}"
        steps.append(_step("in_proportion", pence, f"{name} contributes {whole}: {_bears(pence)} in proportion."))
    shares[host] += of_host_pence
    steps += [_step("in_all", pence, f"{name} {_bears(pence)} in all.") for name, pence in shares.items()]
    return RiskShare(shares, tuple(steps))


def in_words(over_pence: int) -> str:
    """An over- or underspend as people say it."""
    if not over_pence:
        return "neither over nor under"
    return f"{pounds(abs(over_pence))} {'over' if over_pence > 0 else 'under'} the contributions"


def _apart(rule: RiskRule, pool_pence: int, over_pence: int, steps: list[Mapping[str, Any]]) -> tuple[int, int]:
    """What of it is shared in proportion, and what is the host's alone."""
    sign = -1 if over_pence < 0 else 1
    if rule.kind == PRO_RATA:
        return over_pence, 0
    if rule.kind == CAP_AND_COLLAR:
        name, percent = ("cap", rule.cap_percent) if over_pence > 0 else ("collar", rule.collar_percent)
        limit_pence = floor_div(pool_pence * percent, 100)
        shared = sign * least(abs(over_pence), limit_pence)
        steps.append(_step(name, limit_pence, f"The {name} is {percent}% of the contributions: {pounds(limit_pence)}."))
        steps.append(_step("beyond", over_pence - shared, f"Beyond it the host {_bears(over_pence - shared)}."))
        return shared, over_pence - shared
    if rule.kind == HOST_FIRST:
        slice_pence = floor_div(pool_pence * rule.first_percent, 100)
        first = sign * least(abs(over_pence), slice_pence)
        said = f"The first slice is {rule.first_percent}% of the contributions, {pounds(slice_pence)}"
        steps.append(_step("first_slice", first, f"{said}: the host {_bears(first)} of it."))
        return over_pence - first, first
    raise Refusal("Choose how an over- or underspend is shared.", field="risk_rule")


def _bears(pence: int) -> str:
    return f"{'keeps' if pence < 0 else 'bears'} {pounds(abs(pence))}"


def _step(name: str, pence: int, sentence: str) -> Mapping[str, Any]:
    return {"name": name, "pence": pence, "source": SOURCE, "sentence": sentence}
