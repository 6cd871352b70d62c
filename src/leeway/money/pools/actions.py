"""Setting up a pooled fund, what partners contribute, what is in it, and reporting its quarter. All by finance."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import Team, User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.law.risk_share import CAP_AND_COLLAR, HOST_FIRST, RULES
from leeway.law.spreading import pence_of
from leeway.money.funders.models import Funder
from leeway.money.pools.models import (
    Contribution,
    ContributionKind,
    Driver,
    Figure,
    Membership,
    Overhead,
    Partner,
    Pool,
    Report,
)
from leeway.money.pools.reporting import digest_of, figures_of
from leeway.money.pools.untangling import untangle
from leeway.period import Period
from leeway.refusal import Refusal

#: What two overheads have in common that are the same one, put in twice.
SAME_OVERHEAD = ("what", "team", "paid_by", "starts_on", "ends_on", "pence")
FIGURES_OF = {CAP_AND_COLLAR: ("cap_percent", "collar_percent"), HOST_FIRST: ("first_percent",)}


@transaction.atomic
def set_up_pool(*, partners: Collection[Funder], terms: Mapping[str, Any], by: User, on: date) -> Pool:
    """Record what partners agreed of a pooled fund: `terms` are the fields of a Pool. Its terms are never edited."""
    check_can(by, Capability.KEEP_POOLS)
    terms = dict(terms)
    starts_on, ends_on = terms["starts_on"], terms.get("ends_on")
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    _require_order(starts_on, ends_on)
    if terms["host"] not in partners:
        raise Refusal("The host is one of the partners. Choose one of them.", field="host")
    if len(set(partners)) < 2:
        raise Refusal("A pool has two partners or more. Choose them.", field="partners")
    if Pool.objects.filter(name__iexact=terms["name"]).exists():
        raise Refusal("There is a pool of this name. Choose another.", field="name")
    _require_figures(terms)
    pool = Pool.objects.create(**terms, set_up_by=by, set_up_on=on)
    Partner.objects.bulk_create(Partner(pool=pool, funder=funder) for funder in partners)
    return pool


def _require_figures(terms: Mapping[str, Any]) -> None:
    rule = terms["risk_rule"]
    if rule not in {each.code for each in RULES}:
        raise Refusal("Choose how an over- or underspend is shared.", field="risk_rule")
    wanted = FIGURES_OF.get(rule, ())
    for name in ("cap_percent", "collar_percent", "first_percent"):
        if name in wanted and not terms.get(name):
            raise Refusal("This rule needs its figure: enter a percentage of 1 to 100.", field=name)
        if name not in wanted and terms.get(name):
            raise Refusal("This rule has no such figure. Leave it empty, or choose another rule.", field=name)


@transaction.atomic
def contribute(
    *,
    partner: Partner,
    kind: str,
    starts_on: date,
    ends_on: date,
    pence: int,
    dated_on: date,
    words: str,
    by: User,
    on: date,
) -> Contribution:
    """Record what a partner agreed to contribute, how that changed, what was invoiced, or what was paid in."""
    check_can(by, Capability.KEEP_POOLS)
    pool = _lock(partner.pool_id)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    _require_order(starts_on, ends_on)
    _require_days_of(pool, starts_on, ends_on)
    check_day(dated_on, HAPPENED, field="dated_on", what="The day", on=on)
    if kind not in ContributionKind:
        raise Refusal("Choose what this is.", field="kind")
    if pence == 0 or (pence < 0 and kind != ContributionKind.CHANGED):
        raise Refusal("Enter an amount of more than nothing. Only a change may be less.", field="pence")
    words = said.sentence(words, ask="Say by what it is known, such as a minute.", field="words", least=said.FEW)
    agreed = sum(
        pence_of(
            each.pence,
            each.starts_on,
            each.ends_on,
            first=max(each.starts_on, starts_on),
            last=min(each.ends_on, ends_on),
        )
        for each in partner.contributions.filter(kind__in=(ContributionKind.AGREED, ContributionKind.CHANGED))
    )
    if kind == ContributionKind.CHANGED and agreed + pence < 0:
        raise Refusal(f"{partner} agreed {pounds(agreed)} for these days, and cannot give less than nothing.")
    facts = {"kind": kind, "starts_on": starts_on, "ends_on": ends_on, "pence": pence, "dated_on": dated_on}
    if partner.contributions.filter(**facts, words=words).exists():
        raise Refusal("This is on record already. Where it is another one, say by what that is known.", field="words")
    return Contribution.objects.create(partner=partner, **facts, words=words, recorded_by=by, recorded_on=on)


@transaction.atomic
def put_in(
    *,
    pool: Pool,
    client_group: str = "",
    team: Team | None = None,
    line: PlanLine | None = None,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    on: date,
) -> Membership:
    """Put the lines of a client group, of one of its teams, or one line by name, in a pool from a day on."""
    check_can(by, Capability.KEEP_POOLS)
    _one_at_a_time()
    pool = _lock(pool.pk)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    _require_order(starts_on, ends_on)
    _require_days_of(pool, starts_on, ends_on)
    if bool(client_group) == (line is not None):
        raise Refusal("Choose a client group, or one line by its name.", field="client_group")
    if client_group and client_group not in pool.client_groups:
        raise Refusal("The agreement is not for this group. Choose one of its own.", field="client_group")
    holding = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)).select_related("pool")
    if ends_on is not None:
        holding = holding.filter(starts_on__lte=ends_on)
    same = holding.filter(line=line) if line else holding.filter(client_group=client_group)
    if not line and team is not None:
        same = same.filter(Q(team=None) | Q(team=team))
    if other := same.first():
        raise Refusal(
            f"These are in “{other.pool}” on some of these days, and nothing is in two pools. End that first.",
            field="line" if line else "client_group",
        )
    return Membership.objects.create(
        pool=pool,
        client_group=client_group,
        team=team,
        line=line,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=by,
        recorded_on=on,
    )


@transaction.atomic
def take_out(*, membership: Membership, ends_on: date, by: User, on: date) -> Membership:
    """Say until which day something is in a pool, once."""
    check_can(by, Capability.KEEP_POOLS)
    _lock(membership.pool_id)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.ends_on is not None:
        raise Refusal(f"This was taken out from {membership.ends_on:%-d %B %Y} on already.")
    if ends_on < membership.starts_on:
        raise Refusal("It was not in the pool on that day. Choose a later one.", field="ends_on")
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    return membership


@transaction.atomic
def add_overhead(
    *,
    pool: Pool,
    facts: Mapping[str, Any],
    figures: Mapping[Team | Case, int],
    by: User,
    on: date,
) -> Overhead:
    """Put an overhead in a pool, with what drives it; or as a question, with an owner, where nobody can say.

    `facts` are the fields of an Overhead. Refused where a driver's figures are not stated: nothing is put somewhere
    for want of a better place.
    """
    check_can(by, Capability.KEEP_POOLS)
    pool, facts = _lock(pool.pk), dict(facts)
    for name, what in (("starts_on", "The first day"), ("ends_on", "The last day"), ("locked_until", "The day")):
        check_day(facts.get(name), PLANNED, field=name, what=what, on=on)
    _require_order(facts["starts_on"], facts["ends_on"])
    _require_days_of(pool, facts["starts_on"], facts["ends_on"])
    if bool(facts.get("locked_percent")) != bool(facts.get("locked_until")):
        raise Refusal("Say how much of it is locked, and until which day; or neither.", field="locked_until")
    if not pool.partners.filter(funder=facts["paid_by"]).exists():
        raise Refusal("Whoever pays it is one of the pool’s partners. Choose one.", field="paid_by")
    if not facts.get("driver"):
        ask = "Say what has to be found out about it, or choose what drives it."
        facts["question"] = said.sentence(str(facts.get("question", "")), ask=ask, field="question", least=said.REASON)
        figures = {}
    else:
        _require_stated(str(facts["driver"]), figures)
    if pool.overheads.filter(**{name: facts.get(name) for name in SAME_OVERHEAD}).exists():
        raise Refusal("This overhead is on record already. Where it is another one, say what that is.", field="what")
    made = Overhead.objects.create(pool=pool, **facts, recorded_by=by, recorded_on=on)
    _state(made, figures)
    return made


@transaction.atomic
def answer_question(
    *, overhead: Overhead, driver: str, figures: Mapping[Team | Case, int], by: User, on: date
) -> Overhead:
    """Answer what was asked of an overhead: say what drives it. It stands so from then on, for all of its days."""
    check_can(by, Capability.KEEP_POOLS)
    _lock(overhead.pool_id)
    overhead = Overhead.objects.select_for_update().get(pk=overhead.pk)
    if overhead.driver:
        raise Refusal("This overhead says what drives it already.")
    _require_stated(driver, figures)
    overhead.driver, overhead.answered_by, overhead.answered_on = driver, by, on
    overhead.save(update_fields=["driver", "answered_by", "answered_on"])
    _state(overhead, figures)
    return overhead


@transaction.atomic
def report_quarter(*, pool: Pool, period: Period, seen: str, by: User, on: date) -> Report:
    """Keep a quarter of a pool as it is reported to its partners. Refused where any figure is not what was seen.

    `seen` is the digest of the figures that the officer saw (`reporting.digest_of`).
    """
    check_can(by, Capability.KEEP_POOLS)
    pool = _lock(pool.pk)
    if period.ends_on >= on:
        raise Refusal(f"The quarter ends on {period.ends_on:%-d %B %Y}. Report it afterwards.")
    figures = figures_of(pool, untangle(pool, [period])[0])
    if digest_of(figures) != seen:
        raise Refusal("The quarter has changed since you looked. Here is how it stands now: check, and report it.")
    if figures["unexplained_pence"]:
        raise Refusal(
            f"{pounds(figures['unexplained_pence'])} of the quarter is not explained. Tell whoever looks after Leeway."
        )
    last = pool.reports.aggregate(last=Max("number"))["last"] or 0
    return Report.objects.create(
        pool=pool,
        number=last + 1,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        figures=figures,
        made_by=by,
        made_on=on,
    )


def _lock(pool_id: UUID) -> Pool:
    """A pool as it stands now, and until this is done."""
    return Pool.objects.select_for_update(no_key=True).get(pk=pool_id)


def _one_at_a_time() -> None:
    """Let two who put something in a pool at once come one after the other, whichever pools: nothing is in two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leeway pools'))")


def _require_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("The last day lies before the first. Check both.", field="ends_on")


def _require_days_of(pool: Pool, starts_on: date, ends_on: date | None) -> None:
    """Refuse days on which there is no pool."""
    if starts_on < pool.starts_on:
        raise Refusal(
            f"The pool begins on {pool.starts_on:%-d %B %Y}. Choose that day or a later one.", field="starts_on"
        )
    if pool.ends_on is not None and (ends_on or starts_on) > pool.ends_on:
        raise Refusal(
            f"The pool ends on {pool.ends_on:%-d %B %Y}. Choose that day or an earlier one.",
            field="ends_on" if ends_on else "starts_on",
        )


def _require_stated(driver: str, figures: Mapping[Team | Case, int]) -> None:
    """Refuse a driver without the figures that it needs."""
    if driver not in Driver:
        raise Refusal("Choose what drives it.", field="driver")
    kind = {Driver.HOURS: Case, Driver.HEADCOUNT: Team}.get(Driver(driver))
    if kind is None:
        return
    if not any(figures.values()) or any(not isinstance(each, kind) for each in figures):
        what = "the hours with each person" if kind is Case else "the staff of each team"
        raise Refusal(f"Enter {what}: nothing is attributed without figures.", field="driver")


def _state(overhead: Overhead, figures: Mapping[Team | Case, int]) -> None:
    Figure.objects.bulk_create(
        Figure(
            overhead=overhead,
            team=of if isinstance(of, Team) else None,
            case=of if isinstance(of, Case) else None,
            figure=figure,
        )
        for of, figure in figures.items()
        if figure
    )
