"""Somebody else's record: whatever door one takes, one is refused, asked for a reason, or seen to have looked."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from leeway.access.looks import looks_on_record
from leeway.access.models import Look, Team, User
from leeway.access.roles import Role
from leeway.care.asking.actions import add_to_case, send
from leeway.care.asking.models import Asking
from leeway.care.circumstances.actions import record_earlier_support, record_stay
from leeway.care.circumstances.models import Stay, StayKind
from leeway.care.conditions.models import Challenge
from leeway.care.corrections.models import Correction
from leeway.care.people import actions
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Whose
from leeway.care.planning.models import LineChange
from leeway.files.models import File, FileKind
from leeway.money.banking.statement import Line
from leeway.money.budgets.models import Funding, Instalment, LastCost
from leeway.money.monitoring.models import Check, Flagged
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.recovery.models import Item, Step
from leeway.money.spending import actions as spending
from leeway.money.spending.models import AttachedReceipt, Question
from leeway.money.statements.actions import keep_picked, open_bank_account
from leeway.money.statements.models import BankAccount, StatementLine
from tests.money.payments.rows import slip_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
STRANGERS = {
    "a social worker": [Role.ASSESSOR],
    "a manager": [Role.MANAGER],
    "a finance officer": [Role.FINANCE],
    "another person": [Role.PERSON],
}


def doors(patterns=None, names=(), before="") -> list[tuple[str, str]]:
    """Every address that has an argument, by its name, with its route."""
    found = []
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append((":".join([*names, entry.name or entry.lookup_str]), route))
        else:
            inner = [*names, entry.namespace] if entry.namespace else names
            found += doors(entry.url_patterns, inner, route)
    return [(name, route) for name, route in found if "<" in route]


LEAD_TO_PEOPLE = [
    (name, route)
    for name, route in doors()
    if re.search(r"<\w+:(case_id|person_id|file_id|task_id|run_id|asking_id)>", route)
]


ARGUMENTS = {found for _name, route in LEAD_TO_PEOPLE for found in re.findall(r"<uuid:(\w+)>", route)} - {
    "message_id",
    "hold_id",
    "receipt_id",
    "statement_id",
    "asked_id",
    "pause_id",
    "space_id",
    "payment_plan_id",
}


@pytest.fixture
def south(db):
    return Team.objects.create(name="Team of nobody here")


#: Pages of a payment run that ask for a day or a reason, and show nobody but those who came back, each look noted.
SHOW_NOBODY = {
    "payments:sample",
    "payments:redate",
    "payments:withdraw",
    "payments:send",
    "payments:confirm",
    "payments:answer",
    "statements:confirm",
}


def record_of(case: Case) -> dict:
    """Something real for every argument of an address, all of it this person's."""
    person = case.person
    plan = case.plans.order_by("-number").first()
    payment = Payment.objects.filter(instalment__part__budget__case=case).first()
    first = {
        "case_id": case,
        "person_id": person,
        "relationship_id": person.relationships.first(),
        "file_id": File.objects.filter(owner_id=case.pk).first(),
        "task_id": case.tasks.first(),
        "run_id": payment and payment.run,
        "payment_id": payment,
        "cost_id": LastCost.objects.filter(instalment__part__budget__case=case).first(),
        "decision_id": case.decisions.first(),
        "aim_id": plan and plan.aims.first(),
        "line_id": plan and plan.lines.first(),
        "payee_id": case.payee_accounts.first(),
        "interim_id": case.interims.first(),
        "account_id": case.bank_accounts.first(),
        "asking_id": Asking.objects.filter(answer__case=case).first(),
        "correction_id": case.corrections.first(),
        "bank_line_id": StatementLine.objects.filter(account__case=case).first(),
        "attached_id": AttachedReceipt.objects.filter(line__account__case=case).first(),
        "question_id": Question.objects.filter(line__account__case=case).first(),
        "set_aside_id": case.set_aside.first(),
        "check_id": case.account_checks.first(),
        "flagged_id": Flagged.objects.filter(check_of__case=case).first(),
        "stay_id": Stay.objects.filter(person=person).first(),
        "support_id": case.earlier_support.first(),
        "recovery_id": case.recoveries.first(),
        "item_id": Item.objects.filter(recovery__case=case).first(),
        "step_id": Step.objects.filter(recovery__case=case).first(),
        "job_id": case.jobs.first(),
        "condition_id": case.conditions.first(),
        "challenge_id": Challenge.objects.filter(condition__case=case).first(),
        "done_id": case.duties_done.first(),
        "change_id": LineChange.objects.filter(line__plan__case=case).first(),
    }
    return {name: str(one.pk) for name, one in first.items() if one is not None} | {"number": "1"}


def filled(route: str, record: dict) -> str:
    nothing = {"uuid": "00000000-0000-0000-0000-000000000007", "int": "1", "str": "direct_payment", "slug": "home"}
    return "/" + re.sub(r"<(\w+):(\w+)>", lambda found: record.get(found[2], nothing[found[1]]), route)


def test_every_door_is_tried():
    """A new argument is sorted into one of the two heaps before this passes."""
    known = {found for _name, route in LEAD_TO_PEOPLE for found in re.findall(r"<\w+:(\w+)>", route)}
    others = {found for _name, route in doors() for found in re.findall(r"<(?:\w+:)?(\w+)>", route)} - known
    assert len(LEAD_TO_PEOPLE) > 85
    assert not {name for name in others if re.search("case|person|file|task|run|plan|payee|asking", name)}


def in_run(case: Case) -> None:
    """Put a payment of this case into a run, as it stands once it is made."""
    instalment = Instalment.objects.filter(part__budget__case=case, part__paid_into__isnull=False).first()
    finn = User.objects.get(email="finn@fairbourne.example")
    run = PaymentRun.objects.create(
        number=1,
        pay_on=TODAY(),
        made_by=finn,
        made_on=TODAY(),
        dated_by=finn,
        dated_on=TODAY(),
        payments_count=1,
        second_above_pence=1_00,
    )
    slip_in(run, instalment, case.payee_accounts.get(state="approved"))


def ends_by_itself(case: Case) -> None:
    """Have one line of the plan in force end by itself, some day."""
    line, finn = case.plans.get(state="agreed").lines.first(), User.objects.get(email="finn@fairbourne.example")
    why = "It is not needed any more."
    LineChange.objects.create(line=line, starts_on=TODAY(), reason=why, decided_by=finn, decided_on=TODAY())


def employs(case: Case) -> None:
    """Have somebody work for her, whose terms she gave in writing."""
    told = {"told_by": case.worker, "told_on": TODAY()}
    job = case.jobs.create(name="Kate", born_on=TODAY() - timedelta(9999), started_on=TODAY(), **told)
    job.terms.create(
        from_on=TODAY(), hourly_pence=15_00, minutes_a_week=60, hours_vary=False, paid_every="week",
        claims_allowance=True, **told,
    )  # fmt: skip
    case.duties_done.create(job=job, duty="terms", done_on=TODAY(), **told)
    days = {"starts_on": TODAY(), "ends_on": TODAY(), "set_on": TODAY(), "set_by": case.worker}
    asked = {"what": "tell", "words": "A list", "because": "show", "reason": "To see", "said": "Yes"}
    condition = case.conditions.create(**asked, **days)
    condition.challenges.create(words="It is not right", made_by=case.person.user, made_on=TODAY())


def gave_back(case: Case) -> None:
    """Have something of her account be asked back, some of which came."""
    finn = User.objects.get(email="finn@fairbourne.example")
    found = case.recoveries.create(opened_by=finn, opened_on=TODAY())
    told = {"pence": 1, "asked_by": finn, "asked_on": TODAY()}
    found.items.create(because="surplus", what="What is left over", reason="We would like to know.", **told)
    found.steps.create(number=1, did="given_back", pence=1, happened_on=TODAY(), words="Seen", by=finn, on=TODAY())


def on_account(case: Case) -> None:
    """Have money on account stand, as it did before the budget."""
    budget, finn = case.budgets.get(), User.objects.get(email="finn@fairbourne.example")
    part = budget.parts.get(way="direct_payment")
    case.interims.create(
        amount_pence=1, starts_on=TODAY(), ends_on=TODAY(), reason="Home alone", asked_by=finn, asked_on=TODAY(),
        available=budget.available, committed=budget.committed, paid_into=part.paid_into,
    )  # fmt: skip


def owe(case: Case) -> None:
    """Have the employer's last wages stand, as they do once the budget has ended."""
    part = case.budgets.get().parts.get(way="direct_payment")
    once = {"part": part, "kind": "last_wages", "starts_on": TODAY(), "ends_on": TODAY()}
    LastCost.objects.create(
        instalment=Instalment.objects.create(**once, due_on=TODAY(), for_period_pence=100, amount_pence=100),
        funding=Funding.objects.create(**once, nhs_pence=0, person_pence=0, council_pence=100),
        whose="Tom",
        entered_by=User.objects.get(email="finn@fairbourne.example"),
        entered_on=TODAY(),
        needs_second_look=True,
    )


BEFORE = {
    "kind": "home_care", "provider": "Sunrise Home Care", "provider_number": "1-101", "units": Decimal(7),
    "unit": "hour", "frequency": "weekly", "unit_cost_pence": 20_00, "told_by": "The old system.",
}  # fmt: skip


def spend(case: Case) -> None:
    """Have a payment of hers be shown, with a receipt and a question, and something set aside."""
    ada, by_on = case.person.user, {"by": case.person.user, "on": TODAY()}
    account = open_bank_account(whose="ordinary", name="Mine", identifier="11112222333344", case=case, **by_on)
    spent = Line(booked_on=TODAY(), amount_pence=-18_40, reference="CARD", description="CARS")
    keep_picked(account=account, lines=[spent], format="CSV", places=[1], **by_on)
    line = account.lines.get()
    spending.attach_receipt(line=line, upload=SimpleUploadedFile("taxi.txt", b"Taxi, 18 pounds"), **by_on)
    spending.ask(line=line, words="Is this right?", by=ada, on=TODAY())
    spending.set_aside(case=case, kind="bill", amount_pence=1, reason="The taxi of May", **by_on)


def is_checked(case: Case) -> None:
    """Have her account be checked, and something asked about it."""
    days = {"from_on": TODAY() - timedelta(98), "until_on": TODAY(), "made_on": TODAY(), "due_on": TODAY()}
    asked = {"answer": "ask", "words": "What was it for?", "answered_by": case.worker, "answered_on": TODAY()}
    asked |= {"question": "What was it for?", "asked_by": case.worker, "asked_on": TODAY()}
    check = Check.objects.create(case=case, because="first", **days)
    told = {"seen": "£18.40 was cash.", "perhaps": "A taxi.", "ask": "What for?"}
    Flagged.objects.create(check_of=check, kind="cash", found_on=TODAY(), **told, **asked)


@pytest.fixture
def ada_case(council):
    """Ada's case with something behind every door: a payment, a file, somebody around her, a task."""
    case = Case.objects.select_related("person").get(pk=council["Ada"].pk)
    by_on = {"case": case, "by": case.worker, "on": TODAY()}
    upload = SimpleUploadedFile("receipt.txt", b"Taxi, 12 pounds")
    actions.add_file(upload=upload, kind=FileKind.values[0], words="Taxi", **by_on)
    actions.set_task(case=case, kind=Event.FILE, what="Look at it.", whose=Whose.WORKER, due_on=TODAY(), on=TODAY())
    where = {"kind": StayKind.HOSPITAL, "place": "Fairbourne General", "told_by": "Her sister rang."}
    record_stay(**where, starts_on=TODAY(), ends_on=None, **by_on)
    record_earlier_support(**BEFORE, starts_on=TODAY() - timedelta(400), ends_on=None, **by_on)
    typed = {"for_whom": "self", "words": "The mornings.", "urgent": [], "name": str(case.person), "phone": "1"}
    add_to_case(asking=send(form_id=uuid4(), typed=typed, on=TODAY()), **by_on)
    asked = {"asked_on": TODAY(), "asked_by": case.worker, "asked_by_name": case.worker.name}
    Correction.objects.create(person=case.person, case=case, part="other", words="My street is new.", **asked)
    in_run(case)
    owe(case)
    on_account(case)
    ends_by_itself(case)
    employs(case)
    gave_back(case)
    spend(case)
    is_checked(case)
    BankAccount.objects.create(
        whose="dedicated", name="For her support", identifier="00000000000001", case=case, opened_on=TODAY(),
        opened_by=User.objects.get(email="finn@fairbourne.example"),
    )  # fmt: skip
    return case


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("roles", STRANGERS.values(), ids=STRANGERS)
def test_every_door_as_a_stranger(ada_case, south, roles, method):
    """Staff of another team, and somebody with a sign-in of their own."""
    team = None if Role.PERSON in roles else south
    stranger = User.objects.create_user("stranger@council.example", name="Sid Stranger", roles=roles, team=team)
    record, person = record_of(ada_case), ada_case.person
    assert not ARGUMENTS - set(record), "every door leads to something of hers, or this test proves little"
    personal = [person.nhs_number, person.family_name, person.postcode, person.email]
    asked = looked = 0
    for name, route in LEAD_TO_PEOPLE:
        client = Client(raise_request_exception=False)
        client.force_login(stranger)
        before = Look.objects.filter(looks_on_record(person.pk), viewer_id=stranger.pk).count()
        address = filled(route, record)
        answer = getattr(client, method)(address, {"words": "x"} if method == "post" else {})
        looks = Look.objects.filter(looks_on_record(person.pk), viewer_id=stranger.pk).count() - before
        text = b"".join(answer).decode(errors="ignore") if answer.streaming else answer.content.decode(errors="ignore")
        told = [word for word in personal if word and word in text]
        assert answer.status_code != 500, (name, address)
        if looks:
            looked += 1
        elif answer.status_code == 302:
            asked += answer.headers["Location"].startswith(f"/people/{person.pk}/reason/")
        elif name == "people:reason" and Role.PERSON not in roles:
            assert told == [person.family_name]  # whom one asks to see; one knows it from a search
        else:
            refused = answer.status_code in {403, 404, 405} or name in SHOW_NOBODY
            assert refused and not told, (name, address, answer.status_code, told)
    if Role.PERSON in roles:
        assert not asked and not looked
    elif Role.FINANCE not in roles:
        assert asked > 30, "or this test proves nothing"
    else:
        assert looked > 5, "or this test proves nothing"
