"""Reading checks of accounts: which are due, when the next one of a case is, and what was said in the last ones."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.care.planning.waiting import client_group
from leeway.law import law_on
from leeway.law.births import Birth
from leeway.law.dated import Law
from leeway.law.monitoring import WEEKS_BETWEEN, Late
from leeway.money.budgets.changes import AGE_BANDS
from leeway.money.budgets.models import Part
from leeway.money.monitoring.counting import Account
from leeway.money.monitoring.kinds import Answer, Because, Touch
from leeway.money.monitoring.late import stretches
from leeway.money.monitoring.models import Check, Flagged, Level
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState
from leeway.money.spending.coming import AHEAD, Coming, Course
from leeway.money.spending.queries import THEIRS
from leeway.money.statements.kinds import Whose
from leeway.money.statements.models import BankAccount, Statement
from leeway.versions import version_of

DAY = timedelta(days=1)
#: Banks close a statement once a month: what is older than that at the end of a check is missing.
A_MONTH = timedelta(days=31)
#: What stands in a check that is not gone again.
STANDING = Q(flagged__gone_on=None, flagged__isnull=False)


@dataclass(frozen=True)
class Next:
    """When an account is checked next, of which days, and why; `starts_on` is the first day of those."""

    starts_on: date
    falls_due_on: date
    because: Because


def level_of(case: Case) -> Level | None:
    """What was said last of how often an account is checked; None: nothing, so it is the light touch."""
    return Level.objects.filter(case=case).select_related("set_by").first()


def open_check(case: Case) -> Check | None:
    """The check of a case that is not finished."""
    return Check.objects.filter(case=case, finished_on=None).first()


def next_check(case: Case, law: Law) -> Next | None:
    """When a new check of an account falls due; None while nothing was paid into it, or once the payment ended."""
    found = _accounts(law.on).filter(pk=case.pk).first()
    return _next(found, law) if found else None


def falling_due(law: Law) -> list[tuple[Case, Next]]:
    """The cases in which a check falls due by a day and none is open. For the nightly work: no user looks."""
    due = []
    for case in _accounts(law.on).filter(is_checked=False):
        coming = _next(case, law)
        if coming and coming.falls_due_on <= law.on:
            due.append((case, coming))
    return due


def _accounts(on: date):
    """The cases with a direct payment that runs, each with its first payment, its last check and its level."""
    running = Q(budget__ending=None) | Q(budget__ending__ends_on__gte=on)
    paid = Part.objects.filter(running, way=Way.DIRECT_PAYMENT, budget__case=OuterRef("pk"), budget__starts_on__lte=on)
    arrived = Payment.objects.filter(case=OuterRef("pk"), way=Way.DIRECT_PAYMENT, state=PaymentState.ARRIVED)
    first = arrived.order_by().values("case").annotate(on=Min("run__pay_on")).values("on")
    checks = Check.objects.filter(case=OuterRef("pk"))
    last = checks.order_by().values("case").annotate(on=Max("until_on")).values("on")
    levels = Level.objects.filter(case=OuterRef("pk")).order_by("-id").values("level")[:1]
    return Case.objects.select_related("person").annotate(
        first_paid_on=Subquery(first),
        checked_until=Subquery(last),
        touch=Subquery(levels),
        is_checked=Exists(checks.filter(finished_on=None)),
    ).filter(Exists(paid), first_paid_on__isnull=False).order_by("pk")  # fmt: skip


def _next(case, law: Law) -> Next:
    """When the next check of one of these cases falls due: after the first payments, and then by its level."""
    if case.checked_until is None:
        weeks = timedelta(weeks=law["monitoring.first_check_weeks"])
        return Next(case.first_paid_on, case.first_paid_on + weeks, Because.FIRST)
    weeks = timedelta(weeks=law[WEEKS_BETWEEN[case.touch or Touch.LOW]])
    return Next(case.checked_until + DAY, case.checked_until + weeks, Because.AGAIN)


def checks_due(*, seen_by: User) -> QuerySet[Check]:
    """The checks that are open, what is flagged first and the longest due before the rest."""
    check_can(seen_by, Capability.MONITOR)
    standing = Flagged.objects.filter(gone_on=None)
    read = Statement.objects.filter(
        account__case=OuterRef("case"), account__whose__in=THEIRS, to_on__gte=OuterRef("from_on")
    )
    return (
        Check.objects.filter(finished_on=None)
        .annotate(
            pointed=Count("flagged", filter=STANDING),
            waits=Count("flagged", filter=STANDING & Q(flagged__answer=Answer.ASK, flagged__reply="")),
        )
        .annotate(is_known=Exists(read))
        .select_related("case__person")
        .prefetch_related(Prefetch("flagged", standing, to_attr="standing"))
        .order_by("-pointed", "-is_known", "due_on", "pk")
    )


def checks_of(case: Case) -> list[Check]:
    """Every check of a case, the latest first, with what it pointed out."""
    standing = Flagged.objects.filter(gone_on=None).select_related("answered_by", "replied_by")
    checks = Check.objects.filter(case=case).select_related("finished_by")
    return list(checks.prefetch_related(Prefetch("flagged", standing, to_attr="standing")))


def get_check(case: Case, check_id: UUID) -> Check:
    """One check of a case that this user was already found to be allowed to see."""
    found = Check.objects.filter(case=case, pk=check_id).select_related("finished_by").first()
    if found is None:
        raise Http404("There is no such check.")
    found.case = case
    return found


def said_of(check: Check) -> dict[str, Flagged]:
    """What a check pointed out so far, by its kind, gone or not."""
    flagged = Flagged.objects.filter(check_of=check).select_related("answered_by", "asked_by", "replied_by")
    return {each.kind: each for each in flagged}


def questions_to(case: Case | OuterRef) -> QuerySet[Flagged]:
    """What the person was asked in a check that is open, and has not answered."""
    asked = Flagged.objects.filter(check_of__case=case, check_of__finished_on=None, gone_on=None)
    return asked.filter(answer=Answer.ASK, reply="").select_related("asked_by")


def get_question(case: Case, flagged_id: UUID) -> Flagged:
    """One thing that the person was asked, answered or not."""
    asked = Flagged.objects.filter(check_of__case=case, asked_on__isnull=False, pk=flagged_id)
    found = asked.select_related("check_of", "asked_by").first()
    if found is None:
        raise Http404("There is no such question.")
    return found


def late_days(case: Case, on: date) -> list[Late]:
    """The days on which the account waited for the council, each stretch with why: what recovery leaves out.

    Stretches may lie over one another: `leeway.law.monitoring.days_late` counts each day once.
    """
    return stretches(case, statements_of(case), policy_on(on))


def statements_of(case: Case) -> list[Statement]:
    """Every statement of a person's own accounts that was read, the first days first."""
    kept = Statement.objects.filter(account__case=case, account__whose__in=THEIRS)
    return list(kept.order_by("from_on", "pk"))


def version_said(check: Check, said: dict[str, Flagged]) -> int:
    """What a page carries of what was said of a check, and of what the person answered."""
    parts = [version_of(check, "finished_on"), *(version_of(said[kind]) for kind in sorted(said))]
    return sum(part * (place + 1) for place, part in enumerate(parts)) % 2**48


def statements_to_send(case: Case, on: date) -> list[Coming]:
    """The statement that is to be sent for a check that is open or comes: of which days, and by when."""
    check, law = open_check(case), policy_on(on)
    if check is not None:
        until, by = check.until_on, check.due_on
    elif coming := next_check(case, law):
        until, by = coming.falls_due_on - DAY, coming.falls_due_on
    else:
        return []
    missing = statement_missing(case, until)
    if missing is None or by > on + AHEAD:
        return []
    return [Coming(max(on, by), Course.TO_DO, f"Send the statement {missing}", None, "The account is checked then")]


def statement_missing(case: Case, until: date) -> str | None:
    """Of which days a statement is missing until a day, in words; None where it is here, or is an everyday account's.

    Of an everyday account the person picks lines, and sends no statement.
    """
    accounts = BankAccount.objects.filter(case=case, whose__in=THEIRS)
    known = {each.whose: each.last for each in accounts.annotate(last=Max("statements__to_on")).order_by("last")}
    last = known.get(Whose.DEDICATED)
    if (Whose.ORDINARY in known and last is None) or (last is not None and last >= until - A_MONTH):
        return None
    return f"since {last + DAY:%-d %B %Y}, until {until:%-d %B %Y}" if last else f"until {until:%-d %B %Y}"


def checked_accounts(*, seen_by: User, on: date) -> list[Account]:
    """Every account that was checked, by the groups of its person, and whether something pointed out in it stayed."""
    check_can(seen_by, Capability.SEE_WHO_IS_FLAGGED)
    finished = Check.objects.filter(case=OuterRef("pk"), finished_on__isnull=False)
    pointed = Flagged.objects.filter(check_of__case=OuterRef("pk"), check_of__finished_on__isnull=False, gone_on=None)
    cases = Case.objects.filter(Exists(finished)).annotate(pointed=Exists(pointed)).select_related("person")
    return [
        Account(
            client_group(case.support_reason),
            _age_band(case.person.birth, on),
            case.person.get_ethnicity_display().partition(":")[0],
            case.pointed,
        )
        for case in cases
    ]


def _age_band(birth: Birth | None, on: date) -> str:
    """The band of somebody's age; of a year alone the least age that it can be."""
    if birth is None:
        return "Not known"
    return next((words for least, words in reversed(AGE_BANDS) if birth.least_age(on) >= least), "Under 18")


def policy_on(day: date) -> Law:
    """The law of a day with the council's policy."""
    return law_on(day, settings.COUNCIL_POLICY)
