"""Sharing a pooled fund's over- or underspend, spreading an amount over days, and what is recharged after a dispute."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from leeway.law.recharge import Stretch, as_decided, cut, difference
from leeway.law.risk_share import CAP_AND_COLLAR, HOST_FIRST, PRO_RATA, RiskRule, share_risk
from leeway.law.spreading import pence_of
from leeway.refusal import Refusal

from .vectors import examples

FIRST = date(2026, 4, 6)
few = settings(max_examples=40)
pence = some.integers(0, 10**9)
rules = some.builds(
    RiskRule,
    some.sampled_from([PRO_RATA, CAP_AND_COLLAR, HOST_FIRST]),
    *[some.integers(0, 100)] * 3,
)


def named(example):
    return example["name"]


@pytest.mark.parametrize("example", examples("risk_share"), ids=named)
def test_risk_share(example):
    given = dict(example["given"])
    rest = {name: given.pop(name) for name in ("contributions", "host", "spent_pence")}
    if "refused" in example:
        with pytest.raises(Refusal, match=example["refused"]):
            share_risk(RiskRule(**given), rest.pop("contributions"), **rest)
        return
    shared = share_risk(RiskRule(**given), rest.pop("contributions"), **rest)
    assert shared.shares == example["expect"]
    assert all(step["sentence"].endswith(".") and step["name"] and step["source"] for step in shared.steps)


@few
@given(rules, some.lists(pence, min_size=1, max_size=5).filter(sum), pence, some.data())
def test_what_partners_bear_adds_back_and_none_bears_against_the_others(rule, contributed, spent, data):
    names = [f"Partner {place}" for place in range(len(contributed))]
    contributions = dict(zip(names, contributed, strict=True))
    shared = share_risk(rule, contributions, host=data.draw(some.sampled_from(names)), spent_pence=spent)
    over = spent - sum(contributed)
    assert sum(shared.shares.values()) == over
    assert all(bears * over >= 0 for bears in shared.shares.values())


@few
@given(some.integers(-(10**6), 10**9), some.integers(1, 400), some.data())
def test_stretches_of_an_amount_add_back(amount, days, data):
    last = FIRST + timedelta(days - 1)
    cuts = sorted(data.draw(some.sets(some.integers(0, days - 1), max_size=6)) | {0})
    firsts = [FIRST + timedelta(each) for each in cuts]
    lasts = [each - timedelta(1) for each in firsts[1:]] + [last]
    parts = [pence_of(amount, FIRST, last, first=one, last=end) for one, end in zip(firsts, lasts, strict=True)]
    assert sum(parts) == amount


def schedule(rows):
    return {Stretch(*row["days"]): {payer: row[payer] for payer in row if payer != "days"} for row in rows}


@pytest.mark.parametrize("example", examples("recharge"), ids=named)
def test_recharge(example):
    decided = example["decided"]
    paid = cut(schedule(example["paid"]), decided["from"], decided["until"])
    assert difference(paid, as_decided(paid, decided["nhs_share"])) == schedule(example["expect"])


@few
@given(some.lists(some.fixed_dictionaries(dict.fromkeys(("council", "nhs", "person"), pence)), max_size=4), some.data())
def test_a_recharge_makes_the_schedule_as_decided_and_adds_up_to_nothing(rows, data):
    days = [Stretch(FIRST + timedelta(28 * place), FIRST + timedelta(28 * place + 27)) for place in range(len(rows))]
    paid = dict(zip(days, rows, strict=True))
    should = as_decided(paid, data.draw(some.integers(0, 10_000)))
    owed = difference(paid, should)
    assert all(sum(each.values()) == 0 for each in owed.values())
    made = {day: {who: each[who] + owed.get(day, {}).get(who, 0) for who in each} for day, each in paid.items()}
    assert difference(made, should) == {}  # asked again, nothing more is owed
    assert difference(should, paid) == {day: {who: -each[who] for who in each} for day, each in owed.items()}
    assert all(each["person"] <= 0 for each in owed.values())  # nobody is charged more by a dispute


@few
@given(
    some.fixed_dictionaries(dict.fromkeys(("council", "nhs", "person"), some.integers(-(10**6), 10**6))), some.data()
)
def test_two_cuts_of_a_schedule_add_back_to_it(parts, data):
    days = Stretch(FIRST, FIRST + timedelta(27))
    between = FIRST + timedelta(data.draw(some.integers(0, 26)))
    both = [cut({days: parts}, FIRST, between), cut({days: parts}, between + timedelta(1), days.ends_on)]
    assert {who: sum(next(iter(each.values()))[who] for each in both) for who in parts} == parts
    balanced = parts | {"council": -parts["nhs"] - parts["person"]}
    assert sum(next(iter(cut({days: balanced}, FIRST, between).values())).values()) == 0
