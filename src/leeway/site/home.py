"""The home page of each role: what waits on this user, or this person's support."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OrderBy, OuterRef, QuerySet, Subquery
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.queries import proposals_waiting
from leeway.access.roles import Capability
from leeway.care.asking.queries import how_many_wait
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import that_stand
from leeway.care.employing.queries import employer, running
from leeway.care.letters.queries import new_letters, title_of
from leeway.care.people.access import MONEY_TO_START, WORKS_ON, accounts_to_run, asked_to_help, cases_of, is_the_person
from leeway.care.people.addressing import in_plain_words
from leeway.care.people.events import Event
from leeway.care.people.message_views import row_of
from leeway.care.people.models import Case, Task
from leeway.care.people.queries import accounts_run_by, cases_waiting, own_cases, own_tasks, whose_messages
from leeway.care.people.states import Stage
from leeway.care.planning.queries import charges_of, pays_on, waiting_for_sign_off
from leeway.care.review.models import Review
from leeway.care.review.queries import COMING, reviews_due
from leeway.law import law_on
from leeway.law.numbers import pounds
from leeway.messages.queries import about_case
from leeway.money.bills.queries import settlements_to_decide
from leeway.money.budgets.queries import budgets_to_end, interims_to_authorise, paid_beyond_deaths
from leeway.money.funders.queries import payers_of
from leeway.money.monitoring.queries import questions_to
from leeway.money.payees.queries import waiting as details_waiting
from leeway.money.payments.falling_due import pay_day_to_suggest, preview
from leeway.money.payments.money_now import money_now
from leeway.money.payments.pay_days import first_pay_day
from leeway.money.payments.queries import runs_on_their_way
from leeway.money.payments.views import todays_work
from leeway.money.recovery.queries import waits_for_them
from leeway.money.spending.presenters import bar_of, set_aside_in_words, shares_of
from leeway.money.spending.queries import THEIRS, glance
from leeway.money.statements.models import BankAccount
from leeway.money.statements.presenters import to_explain
from leeway.money.statements.queries import unexplained
from leeway.money.uprating.queries import batches_under_way
from leeway.site.case_now import CaseNow, sent_back_of
from leeway.site.council import council_at_a_glance
from leeway.site.easy import in_easy_words, keep_asked_for, wants_easy_words
from leeway.site.helping import next_for_helper
from leeway.site.next_steps import next_in_short, next_step
from leeway.site.pictures import STEPS, pictures

CASES_A_PAGE, TASKS_SHOWN, REVIEWS_SHOWN = 25, 25, 10
#: More charges to work out than this are one thing to do, with a list of its own.
CHARGES_APART = 3
#: What a list of cases is asked for that no worker has.
NOBODY = "nobody"
#: What finance does about a payment that is late or came back stands in today's work, and not in the tasks besides. The
#: task is over once the hold is lifted, or the payment sent.
IN_TODAYS_WORK = (Event.PAYMENT_LATE, Event.PAYMENT_RETURNED)
RECEIPTS_SHOWN = 3
#: Up to so many cases of one's own are shown with their pictures.
IN_FULL = 2
REVIEWS_AHEAD = Review.objects.filter(held_on=None)
#: How a list of cases can be sorted.
SORTED: dict[str, tuple[str | OrderBy, ...]] = {
    "opened": ("opened_on",),
    "name": ("person__family_name", "person__given_name"),
    "next": (
        OrderBy(Subquery(REVIEWS_AHEAD.filter(case=OuterRef("pk")).values("due_on")[:1]), nulls_last=True),
        "opened_on",
    ),
}


def home(request: SignedIn):
    """Your work, or your support."""
    today = timezone.localdate()
    mine = [part for part, (capability, _) in PARTS.items() if request.user.can(capability)]
    if mine == ["insight"]:
        return redirect("insight:home")
    context: dict = {
        "today": today,
        "parts": mine or ["directory"],
        "shown": TASKS_SHOWN,
    } | _to_do(own_tasks(request.user), today)
    for part in mine:
        context |= PARTS[part][1](request, today)
    told = {case for each in context.get("work", ()) for case in each.cases}
    context["tasks"] = [
        each for each in context["tasks"] if each.kind not in IN_TODAYS_WORK or each.case_id not in told
    ]
    record_looks(viewer=request.user, person_ids=people_named(context), page="Your work")
    return render(request, "site/home.jinja", context)


def _to_do(tasks: Iterable[Task], today: date) -> dict:
    """What there is to do, one by one; charges that change are one thing where a night found many."""
    every = list(tasks)
    charges = [task for task in every if task.kind == Event.CHARGE_CHANGES]
    if len(charges) <= CHARGES_APART:
        return {"tasks": every}
    late = sum(task.due_on < today for task in charges)
    together = {"count": len(charges), "first": charges[0].due_on, "late": late}
    return {"tasks": [task for task in every if task.kind != Event.CHARGE_CHANGES], "charges": together}


def people_named(context: dict) -> list[UUID]:
    """Whom a member of staff's home page names: in tasks, cases, reviews, and budgets to start or end."""
    cases = [task.case for task in context["tasks"][:TASKS_SHOWN]]
    cases += context["page"].object_list if "page" in context else []
    cases += [review.case for review in context.get("reviews", ())]
    cases += [interim.case for interim in context.get("interims", ())]
    cases += context.get("to_start", ())
    cases += [budget.case for budget, _beyond_pence in context.get("to_end", ())]
    return [case.person_id for case in cases]


def _person(request: SignedIn, today: date) -> dict:
    cases = _with_what_there_is(own_cases(request.user, today), request.user, today)
    runs, asked = (not cases or any(getattr(case, each) for case in cases) for each in ("runs", "asked"))
    for own in (case.person for case in cases if is_the_person(request.user, case)):
        keep_asked_for(request.user, own)
    return {
        "askings": asked_to_help(request.user, today) if asked else [],
        "accounts": accounts_run_by(request.user, today) if runs else [],
        "cases": [_own(request.user, case, today, in_full=len(cases) <= IN_FULL) for case in cases],
    }


def _with_what_there_is(cases: QuerySet[Case], user: User, today: date) -> list[Any]:
    """One's own cases, each with whether there is an employer's record or an account to look at: asked with them."""
    return list(
        cases.annotate(
            employs=Exists(running(today).filter(case=OuterRef("pk"))),
            banked=Exists(BankAccount.objects.filter(case=OuterRef("pk"), whose__in=THEIRS)),
            runs=Exists(accounts_to_run(user, today)),
            asked=Exists(asked_to_help(user, today)),
            check_asks=Exists(questions_to(OuterRef("pk"))),
            **waits_for_them(),
        )[:20]
    )


def _own(user: User, case: Any, today: date, *, in_full: bool) -> dict:
    """One case, as the person or whoever helps them sees it first. Who helps many sees less of each."""
    now = CaseNow(case, today, seen_by=user)
    own, step = is_the_person(user, case), next_step(now)
    lives = case.person.date_of_death is None
    money = money_now(case, today) if lives else None
    stand = that_stand(case)
    letters = _new_letters(stand, case, today)
    shown = {
        "case": case,
        "to_do": _to_answer(case) if lives else [],
        "stage": in_plain_words(case.where_it_stands),
        "next": step.person if own else next_for_helper(case),
        "step": step,
        "address": step.address_for(case, user),
        "own": own,
        "letters": letters,
        "money": money,
    }
    if not (in_full and lives):
        return shown
    budget = next((each for each in stand if each.kind == DecisionKind.FINAL_BUDGET), None)
    plan = now.plan_of(budget) if budget else None
    charges = charges_of(plan) if plan else []
    pays = pays_on(charges, today) if budget else None
    if own and wants_easy_words(user):
        pence = budget.result["pence_per_week"] if budget else None
        said = {"budget_pence": pence, "pays_pence": pays, "money": money, "letters": len(letters)}
        shown["easy"] = in_easy_words(case, **said)
    latest = about_case(case.pk, to=whose_messages(case, seen_by=user)).first()
    drawn = pictures(
        case,
        budget,
        charges,
        money,
        today,
        you=own,
        ahead=now.review_ahead,
        story=case.story.filter(kind__in=STEPS),
        payers=payers_of(case, today),
    )
    return shown | {
        "employer": employer(case, today) if case.employs else None,
        "account": _account(case, today) if case.banked else None,
        "pictures": drawn,
        "budget": budget,
        "plan": now.plan,
        "message": latest and row_of(case, latest),
    }


#: What a person, or whoever helps them, has to answer of a direct payment, by what asks for it, and where.
TO_ANSWER = {
    "check_asks": ("Answer our question about the account", "monitoring:show"),
    "asked_about": ("Answer what we asked about the direct payment", "recovery:own"),
    "asked_back": ("Read our letter about the direct payment, and answer it", "recovery:own"),
}


def _to_answer(case: Any) -> list[dict[str, str]]:
    return [
        {"text": words, "href": reverse(page, args=[case.pk])}
        for name, (words, page) in TO_ANSWER.items()
        if getattr(case, name)
    ]


def _account(case: Case, today: date) -> dict:
    """What is left of a direct payment, as its bar and in words, and the receipts that are asked for."""
    from_pence = law_on(today, settings.COUNCIL_POLICY)["spending.receipts_from"]
    found = glance(case, today, from_pence=from_pence)
    shares = shares_of(found.left)
    return {
        "left": found.left,
        "bar": bar_of(shares),
        "aside": set_aside_in_words(found.left),
        "receipts": found.receipts[:RECEIPTS_SHOWN],
    }


def _new_letters(stand: Sequence[Decision], case: Case, today: date) -> list[dict]:
    return [
        {
            "title": title_of(each),
            "on": each.decided_on,
            "pays": pounds(each.result["charge_pence_per_week"]) if each.kind == DecisionKind.CHARGE else "",
            "page": reverse("letters:letter", args=[case.pk, each.pk]),
        }
        for each in new_letters(case, today, stand=stand)
    ]


def _caseload(request: SignedIn, today: date) -> dict:
    user = request.user
    every = cases_of(user, WORKS_ON).select_related("person", "worker", "cared_for")
    leads = user.can(Capability.LEAD_TEAM)
    unallocated = every.exclude(stage=Stage.CLOSED).filter(worker=None).count() if leads else None
    stage, sort, worker = (request.GET.get(name, "") for name in ("stage", "sort", "worker"))
    whose = _has_them(every, worker) if leads else ""
    if whose:
        every = every.filter(worker=None if worker == NOBODY else int(worker))
    cases = every.exclude(stage=Stage.CLOSED)
    counts = Counter(dict(every.order_by().values_list("stage").annotate(Count("pk"))))
    chosen = every.filter(stage=stage) if stage in Stage else cases
    chosen = chosen.order_by(*SORTED.get(sort, SORTED["opened"]), "pk")
    page = Paginator(chosen, CASES_A_PAGE).get_page(request.GET.get("page"))
    due_on = dict(REVIEWS_AHEAD.filter(case__in=list(page.object_list)).values_list("case", "due_on"))
    back = sent_back_of(list(page.object_list))
    return {
        "sort": sort if sort in SORTED else "opened",
        "next": {
            case.pk: next_in_short(case, due_on.get(case.pk), today, sent_back=back.get(case.pk))
            for case in page.object_list
        },
        "stages": [{"value": s.value, "label": s.label, "count": counts[s.value]} for s in Stage if counts[s.value]],
        "stage": stage,
        "total": sum(counts.values()) - counts[Stage.CLOSED],
        "page": page,
        "reviews": list(reviews_due(user, today + COMING)[:REVIEWS_SHOWN]),
        "interims": list(interims_to_authorise(seen_by=user)[:TASKS_SHOWN]) if user.can(Capability.SIGN_OFF) else [],
        "sign_offs": waiting_for_sign_off(user).count() if user.can(Capability.SIGN_OFF) else None,
        "unallocated": unallocated,
        "worker": worker if whose else "",
        "whose": whose,
        "asked": how_many_wait(user, today),
        "leads": leads,
    }


def _has_them(cases: QuerySet[Case], worker: str) -> str:
    """Whose of these cases are chosen, by a worker's key or the word for nobody; empty where all are."""
    if worker == NOBODY:
        return "nobody yet"
    named = User.objects.filter(cases__in=cases, pk=worker) if worker.isdecimal() and len(worker) < 12 else None
    found = named.first() if named is not None else None
    return found.name if found else ""


def _finance(request: SignedIn, today: date) -> dict:
    pay_on = pay_day_to_suggest(today)
    due, _rows = preview(pay_on, seen_by=request.user, rows=0)
    starts, manages = (request.user.can(each) for each in (Capability.START_BUDGETS, Capability.APPROVE_LARGE_RUNS))
    to_end = list(budgets_to_end(seen_by=request.user)[:CASES_A_PAGE]) if starts else []
    beyond = paid_beyond_deaths(to_end)
    return {
        "work": [
            *todays_work(request.user, today, list(runs_on_their_way(seen_by=request.user))),
            *(to_explain(each, today) for each in unexplained(seen_by=request.user)),
        ],
        "to_start": list(cases_waiting(request.user, [MONEY_TO_START])[:CASES_A_PAGE]),
        "to_end": [(each, beyond[each.pk]) for each in to_end],
        "starts": starts,
        "details": details_waiting(seen_by=request.user, rows=CASES_A_PAGE) if starts else [],
        "to_decide": settlements_to_decide(seen_by=request.user) if manages else 0,
        "batches": list(batches_under_way(seen_by=request.user)) if manages else [],
        "first_day": first_pay_day(today),
        "pay_on": pay_on,
        "due": due,
    }


def _administrator(request: SignedIn, today: date) -> dict:
    return {"proposals": proposals_waiting(seen_by=request.user)[:TASKS_SHOWN]}


def _director(request: SignedIn, today: date) -> dict:
    return council_at_a_glance(request.user, today)


def _nothing_more(request: SignedIn, today: date) -> dict:
    return {}


#: The parts of a home page, in the order in which they stand: who has it, and what it shows. Two roles see both.
PARTS: dict[str, tuple[Capability, Callable[[Any, date], dict]]] = {
    "person": (Capability.TAKE_PART, _person),
    "caseload": (Capability.WORK_ON_CASES, _caseload),
    "finance": (Capability.PAY, _finance),
    "director": (Capability.SEE_COUNCIL, _director),
    "administrator": (Capability.ADMINISTER, _administrator),
    "insight": (Capability.SEE_RESULTS, _nothing_more),
}
