"""Claims on NHS bodies: every penny that fell due is claimed once of the body that pays it, chased and received."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.care.planning.models import Way
from leeway.money import proving
from leeway.money.banking.statement import mapping_named
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.dues import Payer
from leeway.money.claims import actions
from leeway.money.claims.content import claim_letter
from leeway.money.claims.models import Claim, Claimed
from leeway.money.claims.queries import LATE, SENT, get_claim, standings
from leeway.money.contributions.actions import confirm_receipt, let_fall_due, take_back
from leeway.money.contributions.models import Receipt
from leeway.money.contributions.queries import owed_account
from leeway.money.funders import actions as funders
from leeway.money.funders.models import FunderKind
from leeway.money.ledger.queries import balance
from leeway.money.payments.queries import findings
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Whose
from leeway.money.statements.referenced import claims_named
from leeway.refusal import NotAllowed, Refusal
from tests.conftest import SET_UP_ON
from tests.money.bills.conftest import BILLED_ON

MANAGED = Way.COUNCIL_MANAGED


@pytest.fixture
def cases(case, another_case, agree, finn):
    """Ada and Bo, half of whose budgets the NHS pays: £35 and £70 a week."""
    found = [case, another_case("Bo")]
    for each, pence in zip(found, (70_00, 140_00), strict=True):
        start_budget(plan=agree(each, (MANAGED, pence, 50)), by=finn, on=SET_UP_ON)
    return found


def night(on):
    let_fall_due(on=on)
    return actions.make_claims(on=on)


def owed(case):
    return -balance(owed_account(case, Payer.NHS))


def test_what_fell_due_is_claimed_once_and_adds_up(cases):
    assert night(BILLED_ON[0]) == 1
    assert actions.make_claims(on=BILLED_ON[0]) == 0
    claim = Claim.objects.get()
    assert claim.body == "The NHS (body not named)" and claim.total_pence == 25_00 + 50_00
    assert [line.amount_pence for line in claim.lines.order_by("amount_pence")] == [25_00, 50_00]
    night(BILLED_ON[1])
    assert Claim.objects.first().total_pence == 4 * (35_00 + 70_00)
    assert sum(Claimed.objects.values_list("amount_pence", flat=True)) == 75_00 + 420_00
    assert not list(findings())
    with pytest.raises(DatabaseError), transaction.atomic():
        Claim.objects.update(total_pence=1)


def test_a_body_that_is_named_is_claimed_of(cases, finn):
    facts = {"means_tested": False, "starts_on": None, "ends_on": None, "purpose": "", "conditions": ""}
    body = funders.add_funder(
        kind=FunderKind.NHS_BODY, name="NHS Fairbourne", code="QF1", total_pence=None, **facts, by=finn, on=SET_UP_ON
    )
    council = funders.the_council(on=SET_UP_ON)
    funders.share_line(
        line=cases[0].plans.get().lines.get(), starts_on=date(2026, 4, 22), ends_on=None, method="fixed",
        pays=[funders.Pays(body, 50_00), funders.Pays(council, 50_00)], reason="Agreed at the panel of April",
        by=finn, on=SET_UP_ON,
    )  # fmt: skip
    assert night(BILLED_ON[0]) == 2
    assert {claim.body: claim.total_pence for claim in Claim.objects.all()} == {
        "NHS Fairbourne": 25_00, "The NHS (body not named)": 50_00,
    }  # fmt: skip
    assert not list(findings())


def body_of(name, finn):
    facts = {"means_tested": False, "starts_on": None, "ends_on": None, "purpose": "", "conditions": ""}
    kind = FunderKind.NHS_BODY
    return funders.add_funder(kind=kind, name=name, code=name[-1], total_pence=None, **facts, by=finn, on=SET_UP_ON)


def test_each_period_is_claimed_of_the_body_that_pays_it_then(cases, finn):
    """Body A pays Ada's half until 26 April, and B from then on; both periods are claimed on one night."""
    council, then = funders.the_council(on=SET_UP_ON), date(2026, 4, 27)
    first, second = body_of("NHS A", finn), body_of("NHS B", finn)
    for body, day in ((first, date(2026, 4, 22)), (second, then)):
        funders.share_line(
            line=cases[0].plans.get().lines.get(), starts_on=day, ends_on=None, method="fixed",
            pays=[funders.Pays(body, 50_00), funders.Pays(council, 50_00)], reason="Agreed at the panel of April",
            by=finn, on=SET_UP_ON,
        )  # fmt: skip
    night(BILLED_ON[1])
    claimed = {claim.body: claim.total_pence for claim in Claim.objects.all()}
    assert (claimed["NHS A"], claimed["NHS B"]) == (25_00, 4 * 35_00)


def test_what_was_confirmed_beside_a_claim_is_not_confirmed_on_it_again(cases, finn):
    night(BILLED_ON[1])
    claim, on = Claim.objects.get(), BILLED_ON[1]
    let_fall_due(on=BILLED_ON[1])
    ada = claim.lines.get(case=cases[0])
    beside = confirm_receipt(
        case=cases[0], payer=Payer.NHS, amount_pence=ada.amount_pence, received_on=on, looked_at="Statement 3, line 9",
        owed_pence=owed(cases[0]), by=finn, on=on,
    )  # fmt: skip
    receive = {"claim": claim, "lines": [ada], "amount_pence": ada.amount_pence, "received_on": on, "by": finn}
    with pytest.raises(Refusal, match="so that it counts once"):
        actions.receive_claim(**receive, looked_at="Statement 3, line 9", on=on)
    take_back(receipt=beside, reason="It belongs to the claim", by=finn, on=on)
    assert len(actions.receive_claim(**receive, looked_at="Statement 3, line 9", on=on)) == 1


def test_what_was_received_beside_claims_is_not_claimed(cases, finn):
    """Ada's £25 and half of her next £140 came in before the claims were made: the other £70 are claimed, and once."""
    on = BILLED_ON[0]
    let_fall_due(on=on)
    paid = {
        "case": cases[0],
        "payer": Payer.NHS,
        "by": finn,
        "received_on": on,
        "looked_at": "Statement 3, line 9",
        "on": on,
    }
    first = confirm_receipt(**paid, amount_pence=25_00, owed_pence=owed(cases[0]))
    second = confirm_receipt(**paid, amount_pence=70_00, owed_pence=owed(cases[0]))
    night(on)
    assert [line.case for line in Claim.objects.get().lines.all()] == [cases[1]]
    night(BILLED_ON[1])
    line = Claim.objects.first().lines.get(case=cases[0])
    assert line.amount_pence == 70_00 and line.starts_on == date(2026, 4, 27)
    assert not list(proving.findings())
    take_back(receipt=first, reason="Another council's", by=finn, on=BILLED_ON[1])
    take_back(receipt=second, reason="Another council's", by=finn, on=BILLED_ON[1])
    night(BILLED_ON[2])
    claimed = Claim.objects.first().lines.get(case=cases[0])
    assert claimed.amount_pence == 25_00 + 70_00 + 140_00
    assert not list(proving.findings())


def test_it_is_sent_chased_queried_and_received_line_by_line(cases, finn, fay, bea):
    night(BILLED_ON[0])
    claim, on = Claim.objects.get(), BILLED_ON[0]
    with pytest.raises(NotAllowed):
        actions.send_claim(claim=claim, how="By secure email", by=bea, on=on)
    sent = actions.send_claim(claim=claim, how="By secure email to their team", by=finn, on=on)
    assert sent.due_by == on + timedelta(days=30)
    with pytest.raises(Refusal, match="not late"):
        actions.chase_claim(claim=claim, words="Rang the invoices team", by=finn, on=sent.due_by)
    later = sent.due_by + timedelta(days=14)
    assert standings(seen_by=finn, on=later - timedelta(days=1))[0].state == SENT
    assert standings(seen_by=finn, on=later)[0].state == LATE
    actions.chase_claim(claim=claim, words="Rang the invoices team: next week", by=finn, on=later)
    assert standings(seen_by=finn, on=later)[0].chase_on == later + timedelta(days=14)
    ada, bo = claim.lines.order_by("amount_pence")
    query = actions.raise_query(line=bo, words="Not our patient since May", raised_on=later, by=finn, on=later)
    actions.answer_query(query=query, answer="He moved within your area, see the GP letter", by=fay, on=later)
    with pytest.raises(Refusal, match=r"come to £25\.00"):
        actions.receive_claim(
            claim=claim, lines=[ada], amount_pence=75_00, received_on=later, looked_at="Statement 3", by=finn, on=later
        )
    receive = {"received_on": later, "looked_at": "Bank statement 3, line 9", "by": finn, "on": later}
    actions.receive_claim(claim=claim, lines=[ada], amount_pence=25_00, **receive)
    assert standings(seen_by=finn, on=later)[0].left_pence == 50_00
    actions.receive_claim(claim=claim, lines=[ada, bo], amount_pence=50_00, **receive)
    assert standings(seen_by=finn, on=later)[0].state == "Received"
    assert not list(findings())
    take_back(receipt=Receipt.objects.get(amount_pence=50_00), reason="It was another body's", by=finn, on=later)
    assert standings(seen_by=finn, on=later)[0].left_pence == 50_00
    assert not list(findings())


def test_a_body_pays_a_part_of_a_line_and_queries_the_rest(cases, finn, bea, client, monkeypatch):
    night(BILLED_ON[0])
    claim, on = Claim.objects.get(), BILLED_ON[0]
    ada = claim.lines.get(case=cases[0])
    part = {"line": ada, "amount_pence": 10_00, "received_on": on, "looked_at": "Statement 3, line 9", "on": on}
    queried = {"words": "Three of the days were in hospital"}
    with pytest.raises(Refusal, match="was sent"):
        actions.receive_part(**part, **queried, by=finn)
    actions.send_claim(claim=claim, how="By secure email", by=finn, on=on)
    with pytest.raises(NotAllowed):
        actions.receive_part(**part, **queried, by=bea)
    for wrong, said in (({"amount_pence": 25_00}, r"£25\.00 is left"), ({"amount_pence": 0}, "is left"), ({}, "query")):
        with pytest.raises(Refusal, match=said):
            actions.receive_part(**part | wrong, by=finn)
    assert not Receipt.objects.exists()
    client.force_login(finn)
    page = reverse("claims:part", args=[1, ada.pk])
    assert "What do they query of the rest?" in client.get(page).content.decode()
    typed = {"amount_pence": "10", "looked_at": "Statement 3, line 9"} | queried
    typed |= {f"received_on_{name}": getattr(on, name) for name in ("day", "month", "year")}
    monkeypatch.setattr("leeway.acting.timezone.localdate", lambda *_: on)
    assert client.post(page, typed).status_code == 302
    standing, (first, second) = get_claim(1, seen_by=finn, on=on)
    assert standing.left_pence == 65_00 and {first.state, second.state} == {"Part received, queried", "Open"}
    assert "What do they query of the rest?" not in client.get(page).content.decode()
    actions.receive_part(**part | {"amount_pence": 5_00}, by=finn)
    receive = {"received_on": on, "looked_at": "Bank statement 3, line 10", "by": finn, "on": on}
    actions.receive_claim(claim=claim, lines=[ada], amount_pence=10_00, **receive)
    assert standings(seen_by=finn, on=on)[0].left_pence == 50_00
    assert not list(findings())


def test_a_bank_line_that_names_a_claim_pays_it_to_the_penny(cases, finn):
    night(BILLED_ON[1])
    claim, on = Claim.objects.get(), BILLED_ON[1]
    account = statements.open_bank_account(
        whose=Whose.COUNCIL, name="Care payments", identifier="40000187654321", by=finn, on=on
    )
    total = claim.total_pence / 100
    ada, bo = claim.lines.order_by("amount_pence")
    lines = [f"CLAIM 000001 NHS,{total - 1:.2f}", f"NHS CLAIM000001,{bo.amount_pence / 100:.2f}", "CLAIM 000002,7.00"]
    rows = "\n".join(f"{on:%d/%m/%Y},{line}" for line in lines)
    upload = ContentFile(f"Date,Description,Amount\n{rows}\n".encode(), name="lines.csv")
    statements.keep_statement(account=account, upload=upload, mapping=mapping_named("day-first"), by=finn, on=on)
    assert statements.receive_referenced(account=account, by=finn, on=on) == (0, 0)  # it was not sent yet
    actions.send_claim(claim=claim, how="By secure email", by=finn, on=on)
    assert [each.fits for each in claims_named(account, seen_by=finn)] == [False, False]
    actions.raise_query(line=ada, words="Not our patient since May", raised_on=on, by=finn, on=on)
    assert [each.fits for each in claims_named(account, seen_by=finn)] == [False, True]
    assert statements.receive_referenced(account=account, by=finn, on=on) == (1, bo.amount_pence)
    assert statements.receive_referenced(account=account, by=finn, on=on) == (0, 0)
    assert standings(seen_by=finn, on=on)[0].left_pence == ada.amount_pence
    assert not list(proving.findings())


def test_what_is_owed_back_waits_until_more_falls_due(cases, finn):
    night(BILLED_ON[1])
    budget = cases[0].budgets.get()
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=BILLED_ON[0],
        reason="Moved to her sister in York",
        by=finn,
        on=BILLED_ON[1],
    )
    night(BILLED_ON[2])
    latest = Claim.objects.first()
    assert [line.case for line in latest.lines.all()] == [cases[1]]
    assert not list(findings())


def test_its_papers_name_nobody(cases, finn, client):
    night(BILLED_ON[0])
    client.force_login(finn)
    for name in ("home", "show"):
        assert client.get(reverse(f"claims:{name}", args=[1] if name == "show" else [])).status_code == 200
    table = client.get(reverse("claims:csv", args=[1])).content.decode()
    letter = str(claim_letter(*get_claim(1, seen_by=finn, on=date(2026, 6, 1)), "Council", "call us"))
    for paper in (table, letter):
        assert cases[0].pk.hex[:10].upper() in paper and "Ada" not in paper and "Bell" not in paper
    assert client.get(reverse("claims:pdf", args=[1]))["Content-Type"] == "application/pdf"
    assert "worker" not in settings.OFFICE_CONTACT, "nobody outside has one"
    answer = client.post(reverse("claims:send", args=[1]), {"how": "x"})
    assert "Say to whom it went" in answer.content.decode()
    assert client.post(reverse("claims:send", args=[1]), {"how": "By secure email to their team"}).status_code == 302
    page = client.get(reverse("claims:receive", args=[1])).content.decode()
    assert "£25.00" in page and page.count("checked") == 2


def test_a_line_whose_receipt_was_a_mistake_is_received_again_and_the_books_are_whole(cases, finn):
    night(BILLED_ON[0])
    claim, on = Claim.objects.get(), BILLED_ON[0]
    line = claim.lines.first()
    facts = {"lines": [line], "amount_pence": line.amount_pence, "received_on": on, "looked_at": "Bank statement 14"}
    [paid] = actions.receive_claim(claim=claim, **facts, by=finn, on=on)
    take_back(receipt=paid.receipt, reason="That was another council’s", by=finn, on=on)
    actions.receive_claim(claim=claim, **facts, by=finn, on=on)
    assert actions.left_of([claim])[claim.pk] == claim.total_pence - line.amount_pence
    assert not list(proving.findings())


def test_a_step_of_chasing_is_recorded_once(cases, finn):
    night(BILLED_ON[0])
    claim = Claim.objects.get()
    sent = actions.send_claim(claim=claim, how="By secure email", by=finn, on=BILLED_ON[0])
    late = sent.due_by + timedelta(days=1)
    for words in ("Their invoices team says next week", "Jo of their team says on Friday"):
        actions.chase_claim(claim=claim, words=words, by=finn, on=late)
        with pytest.raises(Refusal, match="on record already"):
            actions.chase_claim(claim=claim, words=words, by=finn, on=late)
    assert claim.chases.count() == 2
