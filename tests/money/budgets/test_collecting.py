"""Net or gross: who collects what somebody pays towards a direct payment, as it was when each budget began."""

import shutil
from datetime import date

import pytest
import yaml
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.law.dated import DEFAULT_POLICY
from leeway.money.budgets.actions import say_who_collects, start_budget
from leeway.money.budgets.collecting import collector_of
from leeway.money.budgets.models import Collecting, Collector, Funding, Instalment, Part
from leeway.money.budgets.replay import replay
from leeway.money.budgets.shares import Share
from leeway.money.contributions.actions import let_fall_due
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.proving import findings
from leeway.refusal import NotAllowed, Refusal
from tests.conftest import SET_UP_ON

pytestmark = pytest.mark.django_db
SECOND = date(2026, 5, 20)
WHY = "She asked for bills, since her benefit comes on another day."
AMOUNTS = tuple(f"{each}_pence_per_week" for each in ("gross", "nhs", "charge", "paid"))


def gross(case, by, on=SET_UP_ON):
    return say_who_collects(case=case, collected_by=Collector.COUNCIL, reason=WHY, by=by, on=on)


def of(budget):
    """What is paid for four weeks, and what the person is to be billed of the funding."""
    due = Instalment.objects.filter(part__budget=budget, cancellation=None).order_by("starts_on")
    whole = [each for each in due if (each.ends_on - each.starts_on).days == 27]
    return whole[-1].for_period_pence, sum(
        Funding.objects.filter(part__budget=budget).values_list("person_pence", flat=True)
    )


def owed(case):
    account = Account.objects.filter(kind=Kind.OWED_BY_PERSON, case=case).first()
    return -balance(account) if account else 0


def is_whole():
    return list(findings()) == [] and [answer for answer in replay() if answer] == []


@pytest.fixture
def begin(case, agree, bank, finn):
    bank(case)

    def begun(**told):
        told = {"charge_pence": 20_00} | told
        return start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 200_00, 0), **told), by=finn, on=SET_UP_ON)

    return begun


def test_net_the_person_pays_it_in_and_is_sent_no_bill(case, begin):
    budget = begin()
    assert (budget.collected_by, *of(budget)) == (Collector.PERSON, 720_00, 0)
    let_fall_due(on=date(2026, 6, 30))
    assert owed(case) == 0 and is_whole()


def test_gross_the_account_is_whole_and_what_they_pay_is_billed(case, begin, finn):
    gross(case, finn)
    budget = begin()
    paid_pence, billed_pence = of(budget)
    days = sum((each.ends_on - each.starts_on).days + 1 for each in budget.parts.get().instalments.all())
    assert (paid_pence, billed_pence) == (800_00, days * 20_00 // 7)
    let_fall_due(on=date(2026, 6, 30))
    assert owed(case) > 0 and is_whole()


@given(cost=st.integers(1, 900_00), percent=st.integers(0, 100), charge=st.integers(0, 900_00))
def test_whoever_collects_it_everybody_pays_the_same(cost, percent, charge):
    """Of the same plan, paid net and gross, the council and the NHS bear the same a week, and so does the person."""
    nhs = cost * percent // 100
    shares = [Share(Way.DIRECT_PAYMENT, cost, nhs, min(charge, cost - nhs), is_gross) for is_gross in (False, True)]
    net, whole = (Part(**{name: getattr(share, name) for name in AMOUNTS}) for share in shares)
    assert whole.paid_pence_per_week - whole.billed_pence_per_week == net.paid_pence_per_week
    assert net.billed_pence_per_week == 0 and whole.billed_pence_per_week == net.charge_pence_per_week


def test_it_counts_from_the_next_budget_on(case, begin, finn, agree):
    first = begin()
    gross(case, finn)
    assert of(first)[1] == 0
    Case.objects.filter(pk=case.pk).update(stage="arranging")
    second = begin(starts_on=SECOND, number=2)
    assert (second.collected_by, of(second)[0]) == (Collector.COUNCIL, 800_00)
    first.refresh_from_db()
    assert first.collected_by == Collector.PERSON
    let_fall_due(on=date(2026, 7, 31))
    assert owed(case) > 0 and is_whole()


def test_it_is_said_by_finance_with_a_reason_and_once(case, finn, bea):
    with pytest.raises(NotAllowed):
        gross(case, bea)
    with pytest.raises(Refusal, match="Say in a sentence why"):
        say_who_collects(case=case, collected_by=Collector.COUNCIL, reason="ok", by=finn, on=SET_UP_ON)
    with pytest.raises(Refusal, match="collected so already"):
        say_who_collects(case=case, collected_by=Collector.PERSON, reason=WHY, by=finn, on=SET_UP_ON)
    gross(case, finn)
    with pytest.raises(Refusal, match="collected so already"):
        gross(case, finn)
    assert Collecting.objects.count() == 1 and case.story.first().sentence.startswith("From the next budget on")


def test_a_council_may_pay_everybody_gross(case, settings, tmp_path):
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    file = policy / "billing" / "pays_direct_payments_gross.yaml"
    described = yaml.safe_load(file.read_text())
    described["values"][date(2015, 4, 1)]["value"] = True
    file.write_text(yaml.safe_dump(described, allow_unicode=True))
    settings.COUNCIL_POLICY = policy
    assert collector_of(case, SET_UP_ON) == Collector.COUNCIL


def test_finance_says_it_on_its_page(client, case, begin, finn):
    begin()
    client.force_login(finn)
    at = reverse("budgets:who_collects", args=[case.pk])
    assert at in client.get(reverse("budgets:show", args=[case.pk])).content.decode()
    assert "The person pays it into the account themselves" in client.get(at).content.decode()
    told = client.post(at, {"collected_by": "council", "reason": WHY}, follow=True)
    assert "It counts from the next budget on" in told.content.decode()
    assert WHY in client.get(at).content.decode()
