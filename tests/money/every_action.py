"""Everything that can be done with money: each action with the world that it needs, for tests that play them all."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from leeway.access.models import User
from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.queries import preview_charge
from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.queries import standing_death
from leeway.care.people.models import Case, Person
from leeway.care.planning.models import LineChange, Way
from leeway.law import compute
from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.market.contracts.actions import record_rate
from leeway.market.contracts.models import Rate
from leeway.market.listings.models import Provider, Service
from leeway.money.banking.statement import mapping_named, read_statement
from leeway.money.bills import actions as bills
from leeway.money.bills.kinds import Asked, SettlementKind
from leeway.money.bills.models import PaymentReference, Settlement
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.dues import Payer
from leeway.money.budgets.models import Budget, Hold, HoldKind, Instalment, Interim, LastCost
from leeway.money.claims import actions as claims
from leeway.money.claims.models import Claim, ClaimLine
from leeway.money.contributions import actions as contributions
from leeway.money.contributions.queries import change_of, owed_account, running_budgets
from leeway.money.disputes import actions as disputes
from leeway.money.disputes.models import Dispute, Outcome
from leeway.money.funders import actions as funders
from leeway.money.funders.models import FunderKind
from leeway.money.invoices import actions as invoices
from leeway.money.invoices.kinds import Answered, Happened
from leeway.money.invoices.models import Dispute as Argument
from leeway.money.invoices.models import Invoice, Owed
from leeway.money.ledger.queries import balance
from leeway.money.lines import actions as lines
from leeway.money.lines.queries import weigh, weigh_prices
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payments import actions as payments
from leeway.money.payments import (
    answers,
    leaving_out,
    making,
    owed,
    remittances,
    returning,
    sampling,
    together,
    withdrawing,
)
from leeway.money.payments.models import FileOfRuns, InvoiceHold, InvoiceHoldKind, Payment, PaymentRun
from leeway.money.payments.states import State
from leeway.money.pools import actions as pools
from leeway.money.recovery import actions as recovery
from leeway.money.recovery.models import Recovery
from leeway.money.recovery.queries import as_weighed
from leeway.money.recovery.states import Did
from leeway.money.service_funds import actions as service_funds
from leeway.money.service_funds.models import AskedBack, FundStatement
from leeway.money.service_funds.queries import to_state
from leeway.money.spending import actions as spending
from leeway.money.spending.kinds import ForWhat
from leeway.money.spending.models import Purpose
from leeway.money.spending.queries import standing_of, version_said
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Because, Otherwise, What, Whose
from leeway.money.statements.matching import Proposal, Thing
from leeway.money.statements.models import BankAccount, ColumnMapping, Match, StatementLine
from leeway.money.uprating import actions as uprating
from leeway.refusal import Refusal
from leeway.versions import version_of
from tests.money.banking.reports import report, status
from tests.money.invoices.agreed import compared_early, owed_early

SET_UP, ON = date(2026, 4, 1), date(2026, 4, 20)
AWAY = date(2026, 5, 28)
STARTS, CUT, FOUR_WEEKS_END = date(2026, 4, 22), date(2026, 4, 23), date(2026, 5, 24)
PAY_DAYS = (date(2026, 4, 24), date(2026, 4, 27))  # of five days, and of four weeks
NEXT_PAY_DAY, AFTER = date(2026, 5, 22), date(2026, 6, 4)
SEEN = "Bank statement of that day"
ROOMS = (
    budgets, payees, making, payments, withdrawing, returning, answers, leaving_out, sampling, together, owed,
    remittances, contributions,
    statements, circumstances, bills, claims, invoices, disputes, uprating, pools, lines, spending,
    recovery, service_funds,
)  # fmt: skip


@dataclass
class World:
    """Ada's money, as a pair of actions needs it, and who may act."""

    case: Case
    budget: Budget
    bea: User
    finn: User
    fay: User
    mona: User
    agree: Callable[..., Any]  # makes a plan that its person agreed to
    other: Case  # of somebody who has no budget yet
    owed: Owed | None = None  # to a provider, where an invoice is needed
    compared: Invoice | None = None  # which nobody has agreed
    runs: dict[State, Any] = field(default_factory=dict)
    owing: Case | None = None  # of somebody who owes what they pay of a managed account
    now: date = ON  # later, once something has been set up that happens later


@dataclass(frozen=True)
class Action:
    """What must be there first, by name, and the call."""

    call: Callable[[World], Any]
    needs: tuple[str, ...] = ()


def _account(world: World, number: str) -> PayeeAccount:
    return payees.enter_details(
        case=world.case, way=Way.DIRECT_PAYMENT, holder=Holder.PERSON, account_name="Ada Bell",
        sort_code="12-34-56", account_number=number, by=world.finn, on=ON,
    )  # fmt: skip


def _hold_back(world: World) -> InvoiceHold:
    assert world.owed is not None
    why = "Two visits may be one"
    return owed.hold_back(owed=world.owed, kind=InvoiceHoldKind.QUERIED, reason=why, by=world.finn, on=ON)


def _provider(world: World) -> Provider:
    if world.owed is not None:
        return world.owed.invoice.provider
    return Provider.objects.get_or_create(name=f"Provider of {world.case.pk.hex[:12]}")[0]


def _missed(world: World) -> Any:
    """Una's one hour of a week did not come, and its week is not charged for yet."""
    assert world.owing is not None
    provider = Provider.objects.create(name=f"Visits to {world.owing.pk.hex[:12]}")
    new = invoices.NewVisit(
        day=date(2026, 4, 29), happened=Happened.MISSED, name=str(world.owing.person), planned_minutes=60
    )
    return invoices.enter_visit(provider=provider, new=new, shown_by="Una says so", by=world.finn, on=AFTER)


def _provider_account(world: World, number: str) -> PayeeAccount:
    return payees.enter_provider_details(
        provider=_provider(world), account_name="Meadow Care Ltd", sort_code="12-34-56", account_number=number,
        by=world.finn, on=ON,
    )  # fmt: skip


def _death(world: World) -> Any:
    return circumstances.record_death(case=world.case, died_on=STARTS, told_by="A nurse", by=world.bea, on=AFTER)


def _stay(world: World) -> Any:
    return circumstances.record_stay(
        case=world.case, kind="hospital", place="", starts_on=STARTS, ends_on=None, told_by="A nurse", by=world.bea,
        on=AFTER,
    )  # fmt: skip


def _receipt(world: World) -> Any:
    account = owed_account(world.case, Payer.NHS)
    return contributions.confirm_receipt(
        case=world.case, payer=Payer.NHS, amount_pence=1, received_on=AFTER, looked_at=SEEN,
        owed_pence=-balance(account) if account else 0, by=world.finn, on=AFTER,
    )  # fmt: skip


MEANS = {
    "household": "single",
    "income": [{"kind": "private_pension", "pence_per_week": 280_00}],
    QUALIFYING_INCOME: 280_00,
}


def _check(world: World) -> Any:
    """The money is checked anew, and more is paid from that day on."""
    return FinancialAssessment.objects.create(
        case=world.case, started_on=CUT, completed_on=FOUR_WEEKS_END, basis="full", means=MEANS
    )


def _charged(case: Case) -> int:
    """What somebody pays of £100 a week, as the money was checked before the plan."""
    FinancialAssessment.objects.create(case=case, started_on=SET_UP, completed_on=SET_UP, basis="full", means=MEANS)
    worked = preview_charge(case=case, personal_budget_pence_per_week=100_00, on=STARTS)
    return worked.result["charge_pence_per_week"]


def _change(world: World) -> Any:
    found = running_budgets(AFTER).filter(case=world.case).first()
    change = change_of(found, AFTER) if found else None
    seen = change.seen if change else ""
    return contributions.decide_change(budget=world.budget, seen=seen, money_changed=False, by=world.finn, on=AFTER)


def _end(world: World, day: date) -> Any:
    return budgets.end_budget(
        cover="Her family, from then on",
        budget=world.budget,
        ends_on=day,
        reason="Moved away",
        by=world.finn,
        on=world.now,
    )


def _cost(world: World, kind: str, pence: int) -> LastCost:
    return budgets.add_last_cost(
        budget=world.budget, kind=kind, whose="Sam", amount_pence=pence, by=world.finn, on=AFTER
    )


def _large_cost(world: World) -> LastCost:
    return LastCost.objects.get(instalment__part__budget=world.budget, instalment__kind="redundancy")


def _hold(world: World) -> Hold:
    kind = HoldKind.SAFEGUARDING
    return budgets.place_hold(
        budget=world.budget, kind=kind, reason="A concern", last_on=ON, ends_by_itself=True, by=world.finn, on=ON
    )


def _wait(world: World) -> Any:
    return budgets.wait_after(case=world.case, kind=HoldKind.ENDED, reason="Support ended.", by=world.bea, on=ON)


def _confirm(world: World, run: Any) -> Any:
    return payments.confirm_run(run=run, confirmed_from=SEEN, returned={}, by=world.finn, on=run.pay_on)


def _answer(world: World) -> Any:
    run = world.runs[State.SENT]
    first = status(run.payments.first().end_to_end_id, "RJCT", code="AC04")
    upload = SimpleUploadedFile("answer.xml", report(first, about=run.reference))
    return answers.take_answer(run=run, upload=upload, by=world.fay, on=ON)


def _approve(world: World) -> Any:
    return payments.approve_run(run=world.runs[State.MADE], by=world.fay, on=ON)


def _dues(world: World) -> Any:
    return Instalment.objects.filter(part__budget__case=world.case, starts_on=STARTS).values_list("pk", flat=True)


def _redate(world: World) -> Any:
    return withdrawing.redate_run(run=world.runs[State.APPROVED], pay_on=date(2026, 4, 28), by=world.fay, on=ON)


def _bank_account(world: World, whose: Whose = Whose.COUNCIL) -> BankAccount:
    case = None if whose == Whose.COUNCIL else world.case
    number = f"{whose.value}{world.case.pk.hex[:12]}"
    return statements.open_bank_account(
        whose=whose, name="Account", identifier=number, case=case, by=world.finn, on=SET_UP
    )


def _council(world: World) -> BankAccount:
    return BankAccount.objects.get(identifier=f"COUNCIL{world.case.pk.hex[:12].upper()}")


def _keep(world: World, *rows: str) -> Any:
    text = "\n".join(["Date,Description,Reference,Amount", *rows, ""])
    text = text.replace("FEES", f"FEES {world.case.pk.hex[:12]}")  # no file of one world is that of another
    return statements.keep_statement(
        account=_council(world), upload=ContentFile(text.encode(), name="may.csv"),
        mapping=mapping_named("day-first"), by=world.finn, on=AFTER,
    )  # fmt: skip


def _lines(world: World) -> Any:
    """What the bank says: the run that was sent has left, something small went out, and something came in."""
    run = world.runs.get(State.SENT)
    left = [f"27/04/2026,BACS,{run.reference},-{run.total_pence / 100:.2f}"] if run else []
    return _keep(world, *left, "28/04/2026,FEES,,-2.00", "29/04/2026,NHS,,1.00")


def _named_line(world: World) -> Any:
    """Three pounds came in, and the line names the payment reference of whoever owes more than that."""
    assert world.owing is not None
    number = 1 + world.owing.pk.int % 9_000_000  # no world has that of another
    reference = PaymentReference.objects.create(case=world.owing, number=number)
    return _keep(world, f"30/04/2026,UNA BELL,{reference},3.00")


def _line(world: World, pence: int) -> StatementLine:
    return StatementLine.objects.get(account=_council(world), amount_pence=pence)


def _paid(world: World) -> Payment:
    return world.runs[State.CONFIRMED].payments.first()


def _accept(world: World) -> Any:
    sent = Proposal(
        lines=((_line(world, -2_00).pk, -1_00),),
        things=((Thing(What.SENT, _paid(world).pk), -1_00),),
        because=Because.AMOUNT_DAY,
        confidence=40,
        why="The same amount.",
    )
    return statements.accept(account=_council(world), proposal=sent, by=world.finn, on=AFTER)


def _by_hand(world: World) -> Any:
    return statements.match_by_hand(
        account=_council(world), lines={_line(world, -2_00).pk: -2_00},
        things={Thing(What.SENT, _paid(world).pk): -2_00}, why="The bank says so.", by=world.finn, on=AFTER,
    )  # fmt: skip


def _explain(world: World) -> Match:
    return statements.explain(
        line=_line(world, -2_00), kind=Otherwise.CHARGES, words="Charges of the month", by=world.finn, on=AFTER
    )


def _pick(world: World) -> Any:
    text = b"Date,Description,Amount\n28/04/2026,TAXI,-2.00\n29/04/2026,SHOP,-3.00\n"
    read = read_statement(text, mapping=mapping_named("day-first"))
    own = BankAccount.objects.get(case=world.case, whose=Whose.ORDINARY)
    return statements.keep_picked(
        account=own, lines=read.statements[0].lines, format=read.format, places=[1], by=world.finn, on=AFTER
    )


def _say(world: World) -> Purpose:
    """What a payment out of her own account was for."""
    line = StatementLine.objects.get(account__case=world.case, amount_pence=-2_00)
    version = version_said(standing_of(line))
    return spending.say(line=line, kind=ForWhat.ELSE, words="A taxi", version=version, by=world.finn, on=AFTER)


def _to_give_back(world: World) -> Recovery:
    """Money paid for days after the end that was decided to be given back."""
    found = Recovery.objects.create(case=world.case, opened_by=world.finn, opened_on=AFTER)
    found.items.create(
        because="after_end", day=AFTER, pence=5_00, what="June", reason="Why?", asked_by=world.finn, asked_on=AFTER
    )
    told = {
        "items": [{"what": "June", "day": AFTER.isoformat(), "pence": 5_00, "because": "after_end"}],
        "own_share": {"person_pence": 0, "gross_pence": 0},
        "account": {"balance_pence": 5_00, "weekly_pence": 0},
        "kept": [],
        "owed": [],
        "late": [],
    }
    weighed = as_weighed(compute("recover", told, AFTER, policy=settings.COUNCIL_POLICY), AFTER)
    for number, did in enumerate((Did.PROPOSED, Did.APPROVED, Did.DECIDED), start=1):
        found.steps.create(
            number=number, did=did, pence=5_00, weighed=weighed, by=world.finn if number % 2 else world.fay, on=AFTER,
            happened_on=AFTER,
        )  # fmt: skip
    return found


def _gave_back(world: World) -> Any:
    return recovery.give_back_money(
        recovery=Recovery.objects.get(case=world.case), pence=5_00, received_on=AFTER, words="Line 4 of that day",
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _mapping(world: World) -> Any:
    return statements.save_mapping(
        name=f"card-{world.case.pk.hex[:12]}", version=0, by=world.finn, on=ON,
        described={"columns": {"booked_on": ["Day"], "amount": ["Sum"]}, "days": "day first"},
        rows=[["Day", "Sum"], ["28/04/2026", "-2.00"], ["29/04/2026", "3.00"]],
    )  # fmt: skip


def _received(world: World) -> Any:
    account = owed_account(world.case, Payer.NHS)
    return statements.receive_from_line(
        line=_line(world, 1_00), case=world.case, payer=Payer.NHS, owed_pence=-balance(account) if account else 0,
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _interim(world: World) -> Any:
    return budgets.ask_for_interim(
        case=world.other, amount_pence=50_00, starts_on=ON, ends_on=ON, reason="Home alone", by=world.finn, on=ON
    )


def _its(world: World) -> Any:
    return world.other.interims.get()


def _held_in_hospital(world: World) -> Any:
    world.now = AFTER
    with suppress(Refusal):  # after a death, nobody is anywhere
        circumstances.record_stay(
            case=world.case, kind="hospital", place="", starts_on=AWAY, ends_on=AWAY, told_by="A nurse",
            by=world.bea, on=AFTER,
        )  # fmt: skip
    return budgets.place_hold(
        budget=world.budget, kind=HoldKind.HOSPITAL, reason="Is ill", last_on=AFTER, by=world.finn, on=AFTER
    )


def _left_out(world: World) -> Any:
    return budgets.leave_out_days(
        hold=world.budget.holds.get(kind=HoldKind.HOSPITAL), starts_on=AWAY, ends_on=AWAY, reason="Not paid",
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _paid_on(world: World) -> Any:
    return budgets.pay_days_on(
        hold=world.budget.holds.get(kind=HoldKind.HOSPITAL), starts_on=AWAY, ends_on=AWAY, reason="Kept on",
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _end_line(world: World) -> Any:
    """Bea ends the second line of Ada's plan, where it has two."""
    line = world.budget.plan.lines.order_by("unit_cost_pence").first()
    return lines.end_line(
        line=line, ends_on=FOUR_WEEKS_END, reason="It is not needed any more.", cover="Her sister comes", by=world.bea,
        on=AFTER,
    )  # fmt: skip


def _line_ends(world: World) -> LineChange:
    return LineChange.objects.select_related("line__plan").get(line__plan__case=world.case)


def _carry_out(world: World) -> Any:
    change = _line_ends(world)
    return lines.carry_out(change=change, seen=weigh(change, on=AFTER).seen, by=world.finn, on=AFTER)


def _priced(case: Case, pence: int, starts_on: date, by: User) -> Rate:
    """What an hour of a service costs that nobody but this person has."""
    provider, _ = Provider.objects.get_or_create(name=f"Carers of {case.pk.hex[:12]}")
    service, _ = Service.objects.get_or_create(provider=provider, name="Care", regulated=True, last_checked_on=SET_UP)
    return record_rate(service=service, pence=pence, unit="hour", starts_on=starts_on, by=by, on=SET_UP)


def _take_prices(world: World) -> Any:
    seen = weigh_prices(world.case, on=AFTER)[2].seen
    return lines.take_prices(case=world.case, seen=seen, by=world.finn, on=AFTER)


def _sample(world: World) -> Any:
    run = world.runs[State.MADE]
    return sampling.draw_sample(run=run, size=run.payments_count, because="A small run", by=world.fay, on=ON)


def _another_approved(world: World) -> Any:
    """Another approved run by Bacs: money on account of somebody else, and whatever else is due."""
    interim = Interim.objects.filter(case=world.other).first() or _interim(world)
    if interim.authorised_on is None:
        budgets.authorise_interim(interim=interim, by=world.mona, on=ON)
    return _run(world, State.APPROVED, date(2026, 4, 28))


def _together(world: World) -> Any:
    ours = PaymentRun.objects.filter(payments__case__in=[world.case, world.other], state=State.APPROVED, file=None)
    return together.put_together(runs=set(ours.values_list("pk", flat=True)), by=world.fay, on=ON)


def _file(world: World) -> FileOfRuns:
    return world.runs[State.APPROVED].file or FileOfRuns.objects.get(runs=world.runs[State.APPROVED])


def _asked(world: World) -> Settlement:
    assert world.owing is not None
    why = "The first bill came to a wrong address."
    return bills.ask_settlement(
        case=world.owing, kind=SettlementKind.WRITE_OFF, amount_pence=5_00, because_of=Asked.OUR_FAULT, words=why,
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _decided(world: World) -> Any:
    settlement = Settlement.objects.get(case=world.owing)
    return bills.decide_settlement(settlement=settlement, agreed=True, by=world.fay, on=AFTER)


def _number(world: World) -> str:
    assert world.owing is not None
    return f"{world.owing.pk.int % 10**10:010}"


def _numbered(world: World) -> Any:
    """Una has her NHS number."""
    assert world.owing is not None
    return Person.objects.filter(pk=world.owing.person_id).update(nhs_number=_number(world))


def _taken_over(world: World) -> Any:
    """What Una owed before, by the number that she is known by."""
    assert world.owing is not None
    number = _number(world)
    row = f"{number},{world.owing.person.family_name},12.00,2026-02-01,B-{number}"
    upload = ContentFile(f"NHS number,Family name,Amount,Owed since,Reference\n{row}\n".encode())
    source = "Bills of the county’s system until March"
    return bills.take_over(upload=upload, source=source, by=world.finn, on=AFTER)


def _claim(_world: World) -> Any:
    """The claims of a period that no other world has claimed for."""
    periods = Claim.objects.order_by().values("period_starts_on").distinct().count()
    return claims.make_claims(on=AFTER + timedelta(weeks=4 * periods))


def _claimed(world: World) -> ClaimLine:
    return ClaimLine.objects.select_related("claim").get(case=world.case)


def _send_claim(world: World) -> Any:
    _claim(world)
    return claims.send_claim(claim=_claimed(world).claim, how="By secure email", by=world.finn, on=AFTER)


def _receive_claim(world: World) -> Any:
    line = _claimed(world)
    return claims.receive_claim(
        claim=line.claim, lines=[line], amount_pence=line.amount_pence, received_on=AFTER, looked_at=SEEN,
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _receive_part(world: World) -> Any:
    return claims.receive_part(
        line=_claimed(world), amount_pence=1_00, received_on=AFTER, looked_at=SEEN, words="Not our patient since May",
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _dispute(world: World) -> Dispute:
    """The council says that an NHS body pays all of Ada's support."""
    facts = {"means_tested": False, "starts_on": None, "ends_on": None, "purpose": "", "conditions": ""}
    body = funders.add_funder(
        kind=FunderKind.NHS_BODY, name="A board", code=world.case.pk.hex[:12], total_pence=None, **facts,
        by=world.finn, on=SET_UP,
    )  # fmt: skip
    council = funders.the_council(on=SET_UP)
    return disputes.open_dispute(
        case=world.case, line=None, about="continuing_healthcare", claimed_by=council,
        claimed_of=body, claimed_share=10_000, claimed_from=STARTS, began_on=AFTER, paid_by=council,
        reason="The assessment found a primary health need.", by=world.finn, on=AFTER,
    )  # fmt: skip


def _settle(world: World) -> Outcome:
    dispute = Dispute.objects.select_related("claimed_of", "claimed_by").get(case=world.case)
    return disputes.end_dispute(
        dispute=dispute, ended_on=AFTER, decided_by="The panel of both", starts_on=STARTS, ends_on=None,
        shares={dispute.claimed_of: 10_000, dispute.claimed_by: 0}, reason="Her needs are beyond a council’s.",
        by=world.finn, on=AFTER,
    )  # fmt: skip


def _agree_invoice(world: World) -> Any:
    assert world.compared is not None
    return invoices.agree_invoice(invoice=world.compared, seen_pence=10_00, by=world.finn, on=AFTER)


def _answer_argument(world: World) -> Any:
    return invoices.answer_dispute(
        dispute=Argument.objects.get(line__invoice=world.compared), answered=Answered.PART, allowed_pence=2_00,
        answer="The carer stayed on, as the diary of the day shows.", by=world.finn, on=AFTER,
    )  # fmt: skip


def _run(world: World, state: State, pay_on: date) -> Any:
    """A run that has come as far as this state."""
    run = making.make_run(pay_on=pay_on, by=world.finn, on=ON)
    if state != State.MADE:
        run = payments.approve_run(run=run, by=world.fay, on=ON)
    if state in (State.SENT, State.CONFIRMED):
        run = payments.record_sent(run=run, sent_on=ON, by=world.fay, on=ON)
    return _confirm(world, run) if state == State.CONFIRMED else run


def _pay(world: World, state: State) -> None:
    world.runs[state] = _run(world, state, PAY_DAYS[len(world.runs)])


def _agree_next(world: World) -> None:
    world.agree(world.case, (Way.DIRECT_PAYMENT, 50_00, 0), starts_on=FOUR_WEEKS_END + timedelta(1), number=2)


def _state(world: World) -> FundStatement:
    """A statement of the fund of whatever reached it: nothing of it was spent but £5."""
    wanted = to_state(world.case, FOUR_WEEKS_END, AFTER)
    opens, came = wanted.opening_pence, wanted.received_pence - wanted.given_back_pence
    spent = [service_funds.NewSpent(line=line, pence=5_00) for line in wanted.lines]
    return service_funds.enter_statement(
        case=world.case, ends_on=FOUR_WEEKS_END, opening_pence=opens, received_pence=wanted.received_pence,
        given_back_pence=wanted.given_back_pence, closing_pence=opens + came - 5_00 * len(spent),
        shown_by="Statement by email", spent=spent, by=world.finn, on=AFTER,
    )  # fmt: skip


def _ask_back(world: World) -> AskedBack:
    return service_funds.ask_back(
        case=world.case, pence=1_00, reason="The fund has ended.", answer_by=AFTER + timedelta(7), by=world.finn,
        on=AFTER,
    )  # fmt: skip


#: What actions need beside a run and a share of the NHS, in the order in which it is set up.
SET_UP_BY: dict[str, Callable[[World], Any]] = {
    "held back": _hold_back,  # before a run has it
    "own account": lambda world: _bank_account(world, Whose.ORDINARY),
    "picked": _pick,
    "said": _say,  # before money arrived that it could be counted in
    **{state: partial(_pay, state=state) for state in State},
    "provider": _provider,
    "another approved": _another_approved,
    "together": _together,
    "entered": lambda world: _account(world, "87654321"),
    "missed": _missed,
    "fallen due": lambda world: contributions.let_fall_due(on=AFTER),
    "receipt": _receipt,
    "checked": _check,
    "ending": lambda world: _end(world, FOUR_WEEKS_END),
    "large cost": lambda world: _cost(world, "redundancy", settings.LAST_COST_SECOND_LOOK_PENCE + 1),
    "hold": _hold,
    "on account": lambda world: Interim.objects.filter(case=world.other).first() or _interim(world),
    "sample": _sample,
    "waiting": _wait,
    "stay": _stay,
    "death": _death,
    "lines": lambda world: (_bank_account(world), _lines(world)),
    "named line": _named_line,
    "explained": _explain,
    "to give back": _to_give_back,
    "came back": _gave_back,
    "mapping": _mapping,
    "in hospital": _held_in_hospital,
    "numbered": _numbered,
    "asked": _asked,
    "written off": _decided,
    "claimed": _send_claim,
    "line ends": _end_line,
    "new price": lambda world: _priced(world.case, 110_00, FOUR_WEEKS_END + timedelta(1), world.bea),
    "stated": lambda world: _state(world),
    "fund asked": _ask_back,
    "disputed": _dispute,
    "settled": _settle,
    "argued": _agree_invoice,
    "agreed": _agree_next,
}

#: Each action that has to do with money: its room and name, what must be there first, and how it is called.
ACTIONS: dict[Callable[..., Any], Action] = {
    making.make_run: Action(
        lambda world: making.make_run(pay_on=NEXT_PAY_DAY, by=world.finn, on=date(2026, 5, 11)),
    ),
    payments.approve_run: Action(_approve, (State.MADE,)),
    payments.record_sent: Action(
        lambda world: payments.record_sent(run=world.runs[State.APPROVED], sent_on=ON, by=world.fay, on=ON),
        (State.APPROVED,),
    ),
    payments.confirm_run: Action(lambda world: _confirm(world, world.runs[State.SENT]), (State.SENT,)),
    returning.return_payment: Action(
        lambda world: returning.return_payment(
            payment=world.runs[State.CONFIRMED].payments.first(), reason="account closed", by=world.fay, on=AFTER
        ),
        (State.CONFIRMED,),
    ),
    answers.take_answer: Action(_answer, (State.SENT,)),
    withdrawing.cancel_run: Action(
        lambda world: withdrawing.cancel_run(run=world.runs[State.MADE], by=world.finn, on=ON), (State.MADE,)
    ),
    leaving_out.leave_out: Action(
        lambda world: leaving_out.leave_out(
            payment=world.runs[State.MADE].payments.first(),
            kind=HoldKind.QUERIED,
            reason="A second plan",
            last_on=ON,
            by=world.finn,
            on=ON,
        ),
        (State.MADE,),
    ),
    withdrawing.withdraw_run: Action(
        lambda world: withdrawing.withdraw_run(
            run=world.runs[State.APPROVED], reason="The bank has no file", by=world.fay, on=ON
        ),
        (State.APPROVED,),
    ),
    withdrawing.redate_run: Action(_redate, (State.APPROVED,)),
    making.make_faster_run: Action(
        lambda world: making.make_faster_run(
            pay_on=STARTS, only=list(_dues(world)), why="She is home alone", by=world.finn, on=ON
        ),
    ),
    together.put_together: Action(_together, (State.APPROVED, "another approved")),
    together.record_file_sent: Action(
        lambda world: together.record_file_sent(file=_file(world), sent_on=ON, by=world.fay, on=ON),
        (State.APPROVED, "another approved", "together"),
    ),
    together.take_apart: Action(
        lambda world: together.take_apart(file=_file(world), reason="The bank has none", by=world.fay, on=ON),
        (State.APPROVED, "another approved", "together"),
    ),
    sampling.draw_sample: Action(_sample, (State.MADE,)),
    sampling.record_checked: Action(
        lambda world: sampling.record_checked(
            sampled=world.runs[State.MADE].sample.rows.first(), right=True, found="As planned", by=world.fay, on=ON
        ),
        (State.MADE, "sample"),
    ),
    owed.hold_back: Action(_hold_back, ("invoice",)),
    owed.pay_after_all: Action(
        lambda world: owed.pay_after_all(
            held=InvoiceHold.objects.get(owed=world.owed), because="They are two", by=world.finn, on=ON
        ),
        ("invoice", "held back"),
    ),
    budgets.extend_hold: Action(
        lambda world: budgets.extend_hold(
            hold=world.budget.holds.get(kind=HoldKind.SAFEGUARDING), last_on=AFTER, by=world.finn, on=ON
        ),
        ("hold",),
    ),
    budgets.end_holds: Action(lambda world: budgets.end_holds(on=AFTER), ("hold",)),
    lines.carry_out: Action(_carry_out, ("charged", "shares", "line ends")),
    lines.take_prices: Action(_take_prices, ("charged", "new price")),
    budgets.leave_out_days: Action(_left_out, ("in hospital",)),
    budgets.pay_days_on: Action(_paid_on, ("charged", "in hospital")),
    budgets.ask_for_interim: Action(_interim),
    budgets.authorise_interim: Action(
        lambda world: budgets.authorise_interim(interim=_its(world), by=world.mona, on=ON), ("on account",)
    ),
    budgets.end_interim: Action(
        lambda world: budgets.end_interim(interim=_its(world), reason="Not needed", by=world.mona, on=ON),
        ("on account",),
    ),
    budgets.start_budget: Action(
        lambda world: budgets.start_budget(plan=world.case.plans.get(number=2), by=world.finn, on=world.now),
        ("agreed",),
    ),
    budgets.send_plan_back: Action(
        lambda world: budgets.send_plan_back(
            plan=world.case.plans.get(number=2), reason="It starts before the one it replaces.", by=world.finn, on=ON
        ),
        ("agreed",),
    ),
    budgets.fund_next_year: Action(
        lambda world: budgets.fund_next_year(budget=world.budget, by=world.finn, on=date(2027, 2, 1))
    ),
    budgets.end_budget: Action(lambda world: _end(world, CUT)),
    budgets.place_hold: Action(_hold),
    budgets.lift_hold: Action(
        lambda world: budgets.lift_hold(hold=world.budget.holds.get(kind=HoldKind.SAFEGUARDING), by=world.finn, on=ON),
        ("hold",),
    ),
    budgets.wait_after: Action(_wait),
    budgets.go_on_after: Action(
        lambda world: budgets.go_on_after(case=world.case, kind=HoldKind.ENDED, by=world.bea, on=ON), ("waiting",)
    ),
    budgets.hold_returned: Action(
        lambda world: budgets.hold_returned(
            instalment=world.budget.parts.first().instalments.first(), reason="Came back", by=world.finn, on=world.now
        )
    ),
    budgets.set_up_again: Action(
        lambda world: budgets.set_up_again(budget=world.budget, reason="She stays", by=world.finn, on=world.now),
        ("ending",),
    ),
    budgets.add_last_cost: Action(lambda world: _cost(world, "tax", 100_00), ("ending",)),
    budgets.look_at_last_cost: Action(
        lambda world: budgets.look_at_last_cost(cost=_large_cost(world), by=world.fay, on=AFTER),
        ("ending", "large cost"),
    ),
    budgets.cancel_last_cost: Action(
        lambda world: budgets.cancel_last_cost(cost=_large_cost(world), reason="Paid by him", by=world.finn, on=AFTER),
        ("ending", "large cost"),
    ),
    payees.enter_details: Action(lambda world: _account(world, "12121212")),
    payees.enter_provider_details: Action(lambda world: _provider_account(world, "12121212"), ("provider",)),
    payees.approve_details: Action(
        lambda world: payees.approve_details(payee=_entered(world), by=world.fay, on=ON), ("entered",)
    ),
    payees.reject_details: Action(
        lambda world: payees.reject_details(payee=_entered(world), reason="Not hers", by=world.fay, on=ON),
        ("entered",),
    ),
    contributions.let_fall_due: Action(lambda world: contributions.let_fall_due(on=AFTER), ("shares",)),
    contributions.confirm_receipt: Action(_receipt, ("shares", "fallen due")),
    contributions.ask_for_changes: Action(lambda world: contributions.ask_for_changes(on=AFTER), ("checked",)),
    contributions.decide_change: Action(_change, ("checked",)),
    contributions.take_back: Action(
        lambda world: contributions.take_back(
            receipt=world.case.receipts.get(), reason="Another case's", by=world.finn, on=AFTER
        ),
        ("shares", "fallen due", "receipt"),
    ),
    statements.open_bank_account: Action(lambda world: _bank_account(world, Whose.DEDICATED)),
    statements.keep_statement: Action(lambda world: _keep(world, "30/04/2026,FEES,,-7.00"), ("lines",)),
    statements.keep_picked: Action(_pick, ("own account",)),
    statements.receive_referenced: Action(
        lambda world: statements.receive_referenced(account=_council(world), by=world.finn, on=AFTER),
        ("owing", "fallen due", "lines", "named line"),
    ),
    statements.save_mapping: Action(_mapping),
    statements.end_mapping: Action(
        lambda world: statements.end_mapping(
            mapping=ColumnMapping.objects.get(name=f"card-{world.case.pk.hex[:12]}"), by=world.finn, on=ON
        ),
        ("mapping",),
    ),
    statements.match_by_itself: Action(
        lambda world: statements.match_by_itself(account=_council(world), on=AFTER), ("lines",)
    ),
    statements.accept: Action(_accept, (State.CONFIRMED, "lines")),
    statements.match_by_hand: Action(_by_hand, (State.CONFIRMED, "lines")),
    statements.explain: Action(_explain, ("lines",)),
    statements.undo: Action(
        lambda world: statements.undo(
            match=Match.objects.get(parts__line=_line(world, -2_00)), reason="It was a fee.", by=world.finn, on=AFTER
        ),
        ("lines", "explained"),
    ),
    statements.confirm_from_statement: Action(
        lambda world: statements.confirm_from_statement(run=world.runs[State.SENT], by=world.finn, on=AFTER),
        (State.SENT, "lines"),
    ),
    statements.receive_from_line: Action(_received, ("shares", "fallen due", "lines")),
    circumstances.record_death: Action(_death),
    circumstances.undo_death: Action(
        lambda world: circumstances.undo_death(
            case=world.case,
            because="Another Ada Bell",
            version=version_of(standing_death(world.case.person)),
            by=world.bea,
            on=AFTER,
        ),
        ("death",),
    ),
    circumstances.record_stay: Action(_stay),
    circumstances.take_back_stay: Action(
        lambda world: circumstances.take_back_stay(
            case=world.case, stay=world.case.person.stays.get(), because="Another ward", by=world.bea, on=AFTER
        ),
        ("stay",),
    ),
    circumstances.end_stay: Action(
        lambda world: circumstances.end_stay(
            case=world.case, stay=world.case.person.stays.get(), ends_on=AFTER, by=world.bea, on=AFTER
        ),
        ("stay",),
    ),
    bills.take_over: Action(_taken_over, ("owing", "numbered")),
    bills.make_bills: Action(lambda world: bills.make_bills(on=AFTER), ("owing", "fallen due")),
    bills.decide_settlement: Action(_decided, ("owing", "fallen due", "asked")),
    bills.undo_settlement: Action(
        lambda world: bills.undo_settlement(
            settlement=Settlement.objects.get(case=world.owing),
            reason="It was written off for somebody else by mistake",
            by=world.fay,
            on=AFTER,
        ),
        ("owing", "fallen due", "asked", "written off"),
    ),
    claims.make_claims: Action(_claim, ("shares", "fallen due")),
    claims.receive_claim: Action(_receive_claim, ("shares", "fallen due", "claimed")),
    claims.receive_part: Action(_receive_part, ("shares", "fallen due", "claimed")),
    service_funds.enter_statement: Action(_state, (State.CONFIRMED, "shares")),
    service_funds.take_back_statement: Action(
        lambda world: service_funds.take_back_statement(
            statement=FundStatement.objects.get(case=world.case), reason="It was another's", by=world.fay, on=AFTER
        ),
        (State.CONFIRMED, "shares", "stated"),
    ),
    service_funds.confirm_back: Action(
        lambda world: service_funds.confirm_back(
            asked=AskedBack.objects.get(case=world.case),
            received_on=AFTER,
            shown_by="Bank statement",
            by=world.fay,
            on=AFTER,
        ),
        (State.CONFIRMED, "shares", "ending", "stated", "fund asked"),
    ),
    disputes.end_dispute: Action(_settle, ("disputed",)),
    disputes.take_back_outcome: Action(
        lambda world: disputes.take_back_outcome(
            outcome=Outcome.objects.get(dispute__case=world.case), reason="Another panel’s", by=world.finn, on=AFTER
        ),
        ("disputed", "settled"),
    ),
    disputes.recharge_what_is_over: Action(
        lambda world: disputes.recharge_what_is_over(on=date(2026, 7, 2)), ("disputed", "settled")
    ),
    invoices.agree_invoice: Action(_agree_invoice, ("compared",)),
    spending.say: Action(_say, ("own account", "picked")),
    spending.take_back: Action(
        lambda world: spending.take_back(
            purpose=Purpose.objects.get(line__account__case=world.case), by=world.finn, on=AFTER
        ),
        ("own account", "picked", "said"),
    ),
    spending.count_as_spent: Action(
        lambda world: spending.count_as_spent(on=AFTER), ("own account", "picked", "said", State.CONFIRMED)
    ),
    recovery.give_back_money: Action(_gave_back, (State.CONFIRMED, "to give back")),
    recovery.not_given_back: Action(
        lambda world: recovery.not_given_back(
            step=Recovery.objects.get(case=world.case).steps.get(did=Did.GIVEN_BACK),
            words="It was another one.",
            by=world.finn,
            on=AFTER,
        ),
        (State.CONFIRMED, "to give back", "came back"),
    ),
    invoices.answer_dispute: Action(_answer_argument, ("compared", "argued")),
    invoices.charge_everybody_as_delivered: Action(
        lambda world: invoices.charge_everybody_as_delivered(on=AFTER), ("owing", "missed", "fallen due")
    ),
}
NAMES = {action: f"{action.__module__.partition('.actions')[0].split('.')[-1]}.{action.__name__}" for action in ACTIONS}


#: By room, what its actions are played with beside each other: whatever else writes of the same person's same account.
BESIDE: dict[str, frozenset[Callable[..., Any]]] = {
    "bills": frozenset((
        contributions.let_fall_due, statements.receive_referenced, invoices.charge_everybody_as_delivered,
    )),
    "claims": frozenset((
        contributions.confirm_receipt, contributions.take_back, contributions.let_fall_due, budgets.end_budget,
        statements.receive_from_line, disputes.end_dispute, disputes.take_back_outcome, disputes.recharge_what_is_over,
    )),
    "disputes": frozenset((contributions.let_fall_due, budgets.end_budget, circumstances.record_death)),
    "invoices": frozenset((making.make_run, contributions.let_fall_due)),
    "recovery": frozenset((spending.count_as_spent, returning.return_payment)),
    "spending": frozenset((payments.confirm_run, returning.return_payment)),
    "service_funds": frozenset((payments.confirm_run, budgets.end_budget)),
    "lines": frozenset((
        making.make_run, budgets.end_budget, contributions.decide_change, contributions.let_fall_due,
        circumstances.record_death,
    )),
}  # fmt: skip


def _entered(world: World) -> PayeeAccount:
    return PayeeAccount.objects.filter(case=world.case, account_number="87654321").get()


#: What somebody had before their budget is a record alone: no row of money is read or written with it.
#: Where a provider is told of payments is a record alone too.
#: What is charged less once visits are told or settled is what the night does, and is played with that.
#: A batch of charges moves money in the background: it is killed step by step in `uprating/test_broken_off.py`.
MOVES_NO_MONEY = {
    circumstances.record_earlier_support, circumstances.take_back_earlier_support, remittances.record_address,
    remittances.tell_of_remittances,
    bills.agree_plan, bills.ask_settlement, bills.end_breathing_space, bills.end_paid_plans, bills.end_plan,
    bills.end_treatment, bills.explain_lateness, bills.go_on, bills.pause, bills.record_midway_review, bills.remind,
    bills.send_bill, bills.send_bills, bills.start_breathing_space,
    claims.answer_query, claims.chase_claim, claims.raise_query, claims.send_claim,
    budgets.say_who_collects, lines.end_line, lines.keep_line, lines.pause_line,
    service_funds.ask_back, service_funds.ask_for_what_is_due, service_funds.let_go,
    disputes.ask_for_steps, disputes.ask_what_took_its_place, disputes.open_dispute, disputes.record_step,
    invoices.compare_invoice, invoices.enter_visit, invoices.receive_invoice, invoices.settle_visit,
    invoices.withdraw_invoice, invoices.keep_visits, invoices.take_in_invoice, invoices.match_visits,
    invoices.match_everybodys, invoices.take_back_file,
    spending.answer, spending.ask, spending.attach_receipt, spending.no_longer_aside, spending.say_who_does,
    spending.send_statement, spending.set_aside, spending.take_off_receipt,
    recovery.answer, recovery.answer_challenge, recovery.approve, recovery.ask_about, recovery.challenge,
    recovery.decide, recovery.drop, recovery.propose, recovery.reply, recovery.send_back, recovery.talk,
    recovery.withdraw,
    pools.add_overhead, pools.answer_question, pools.contribute, pools.put_in, pools.report_quarter,
    pools.set_up_pool, pools.take_out,
    uprating.approve, uprating.begin_to_apply, uprating.begin_to_tell, uprating.begin_to_undo, uprating.draft,
    uprating.look_at, uprating.withdraw,
}  # fmt: skip


#: What a budget begins with. All else that actions need comes after it.
AT_THE_BEGINNING = frozenset(("shares", "charged", "invoice", "owing", "compared"))


def begin(*needs: str, another_case: Callable[[str], Case], agree: Callable[..., Any], **officers: User) -> World:
    """Ada with a budget, and Eve who has none yet."""
    finn, fay = officers["finn"], officers["fay"]
    case = another_case("Ada")
    ways = [(Way.DIRECT_PAYMENT, 100_00, 0)] + [(Way.SERVICE_FUND, 70_00, 50)] * ("shares" in needs)
    charge_pence = _charged(case) if "charged" in needs else 0
    rates = [_priced(case, 100_00, SET_UP, officers["bea"])] if "charged" in needs else ()
    plan = agree(case, *ways, starts_on=STARTS, charge_pence=charge_pence, rates=rates)
    in_use(case, finn, fay, *(way for way, _, _ in ways))
    world = World(
        case, budgets.start_budget(plan=plan, by=finn, on=SET_UP), **officers, agree=agree, other=another_case("Eve")
    )
    in_use(world.other, finn, fay, Way.DIRECT_PAYMENT)
    if "owing" in needs:
        world.owing = another_case("Una")
        visits = f"Visits to {world.owing.pk.hex[:12]}"
        managed = agree(
            world.owing, (Way.COUNCIL_MANAGED, 50_00, 0), starts_on=STARTS, charge_pence=20_00, supplier=visits
        )
        budgets.start_budget(plan=managed, by=finn, on=SET_UP)
    if "invoice" in needs:
        world.owed = owed_early(another_case("Ivy"), agree, finn, fay, on=SET_UP)
    if "compared" in needs:
        world.compared = compared_early(another_case("Joy"), agree, finn, on=SET_UP)
    return world


def in_order(needs: Iterable[str]) -> tuple[str, ...]:
    """What must be there beside the budget, in the order in which it comes about."""
    return tuple(need for need in SET_UP_BY if need in needs)


def set_up(world: World, *needs: str) -> World:
    """What must be there beside the budget, by name."""
    for need in in_order(needs):
        SET_UP_BY[need](world)
    world.case.refresh_from_db()
    return world


def in_use(case: Case, finn: User, fay: User, *ways: Way) -> None:
    """Bank details for each way, as two officers would leave them."""
    for way in ways:
        holder = Holder.PERSON if way == Way.DIRECT_PAYMENT else Holder.PROVIDER
        entered = PayeeAccount.objects.create(
            case=case, way=way, holder=holder, account_name="Ada Bell", sort_code="123456", account_number="12345678",
            entered_by=finn, entered_on=SET_UP,
        )  # fmt: skip
        PayeeAccount.objects.filter(pk=entered.pk).update(state="approved", settled_by=fay, settled_on=SET_UP)


def put_aside(world: World) -> None:
    """Keep the next pair's runs from paying these cases, and the night from recharging them."""
    for outcome in Outcome.objects.filter(dispute__case=world.case, taken_back_on=None):
        disputes.take_back_outcome(outcome=outcome, reason="It is over", by=world.finn, on=AFTER)
    for interim in Interim.objects.filter(case=world.other, ended_on=None):
        with suppress(Refusal):  # it is in a run, which has it then
            who = world.finn if interim.authorised_on else world.mona
            budgets.end_interim(interim=interim, reason="Is over", by=who, on=ON)
    if world.owed is not None and not world.owed.holds.filter(lifted_on=None).exists():
        InvoiceHold.objects.create(
            owed=world.owed, kind=InvoiceHoldKind.QUERIED, reason="Is over", placed_by=world.finn, placed_on=ON
        )
    for budget in world.case.budgets.all():
        Hold.objects.create(
            budget=budget,
            kind=HoldKind.REVIEW_OVERDUE,
            reason="Is over",
            placed_by=world.finn,
            placed_on=ON,
            last_on=ON,
        )
