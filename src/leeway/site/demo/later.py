"""What happens once support has begun, each on its day between two payment runs: a switch, a wait, an end, a death."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from leeway.care.circumstances import actions as circumstances
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.review import actions as reviewing
from leeway.market.listings.models import Service
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Budget, Hold, HoldKind
from leeway.site.demo.playing import Player, Staff, agree, open_and_write, send_for_sign_off, sign_off, start_money
from leeway.site.demo.script import Death, End, Script, Switch, Wait

#: How long before the new budget a plan is begun, as `playing` counts the days of a request.
OFFERED_AFTER = timedelta(days=18)
TOLD_AFTER, SETTLED_AFTER = timedelta(days=2), timedelta(days=6)
Happening = tuple[date, Callable[[], None]]


def happenings(script: Script, staff: Staff, market: dict[str, list[Service]], today: date) -> Iterator[Happening]:
    """Give what happens to one person whose support has begun, each with its day."""
    player = partial(_player, script, staff, market, today)
    for each in script.then:
        day = script.opened_on + timedelta(days=each.days)
        match each:
            case Switch():
                yield day, partial(switch, player, each, day)
            case Wait():
                yield day, partial(wait, player, each, day)
                yield (
                    day + timedelta(days=each.for_days),
                    partial(go_on, player, each, day + timedelta(days=each.for_days)),
                )
            case End():
                yield day, partial(end, player, each, day)
            case Death():
                yield day, partial(die, player, each, day)
                yield day + SETTLED_AFTER, partial(settle, player, day, day + SETTLED_AFTER)


def _player(script: Script, staff: Staff, market: dict[str, list[Service]], today: date) -> Player:
    case = Case.objects.select_related("person", "worker", "team")
    return Player(script, staff, market, today, case.get(person__nhs_number=script.details["nhs_number"]))


def _running(player: Player) -> Budget:
    return player.case.budgets.get(ending=None)


def switch(get: Callable[[], Player], new: Switch, on: date) -> None:
    """A review changes the plan: the ways are explained again, another is chosen, and the new budget follows."""
    player = get()
    worker, script = player.staff.worker, player.script
    review = open_and_write(player, on=on, words=new.said)
    reviewing.complete_review(
        review=review,
        version=review.version,
        result="change_plan",
        reasons=new.why,
        held_on=on,
        by=worker,
        on=on,
    )
    player.case.refresh_from_db()
    player.script = replace(
        script,
        opened_on=on - OFFERED_AFTER,
        way=new.way,
        choice_words=new.words,
        seen_instead="",
        why_not_direct_payment=new.why_not_direct_payment,
        why_not_told="",
        challenge=None,
        review_words=new.said,
        receipt=(),
        then=(),
    )
    for scene in (send_for_sign_off, sign_off, agree, start_money):
        scene(player)


def wait(get: Callable[[], Player], why: Wait, on: date) -> None:
    """Payments wait, for a reason that the person can read."""
    player = get()
    last_on = on + timedelta(days=why.for_days)
    said = {"kind": HoldKind(why.kind), "reason": why.why, "last_on": last_on}
    budgets.place_hold(budget=_running(player), by=player.staff.finance, on=on, **said)


def go_on(get: Callable[[], Player], why: Wait, on: date) -> None:
    """Payments go on, with those that waited for this reason. One that came back meanwhile waits for its own."""
    player = get()
    hold = Hold.objects.get(budget=_running(player), kind=why.kind, lifted_on=None)
    kept_on = "Whoever helps was kept on and is paid for these days, as their contract says."
    budgets.lift_hold(hold=hold, days_because=kept_on, by=player.staff.finance, on=on)


def end(get: Callable[[], Player], why: End, on: date) -> None:
    """A review finds that support has done its work, or is no longer wanted: the budget ends with it."""
    player = get()
    review = open_and_write(player, on=on, words=why.said)
    reviewing.complete_review(
        review=review,
        version=review.version,
        result="end",
        reasons=why.why,
        still_to_pay=why.still_to_pay,
        held_on=on,
        by=player.staff.worker,
        on=on,
    )
    budgets.end_budget(
        budget=_running(player), ends_on=on, reason=why.why, cover=why.cover, by=player.staff.finance, on=on
    )


def die(get: Callable[[], Player], told: Death, on: date) -> None:
    """The person dies, and somebody rings two days later."""
    player = get()
    heard_on = min(on + TOLD_AFTER, player.today)
    circumstances.record_death(case=player.case, died_on=on, told_by=told.told_by, by=player.staff.worker, on=heard_on)


def settle(get: Callable[[], Player], died_on: date, on: date) -> None:
    """Finance ends the budget on the day of the death."""
    player = get()
    death = player.case.person.deaths.get(undone_on=None)
    budgets.end_budget(
        budget=_running(player),
        ends_on=died_on,
        reason=f"{player.case.person} died on {died_on:%-d %B %Y}.",
        death=death.pk,
        by=player.staff.finance,
        on=on,
    )


def is_lived(script: Script) -> bool:
    """Whether a script goes as far as support that has begun, so that something can happen then."""
    return script.until == Stage.ACTIVE and bool(script.then)
