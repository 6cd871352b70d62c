"""What a page of a batch says: the steps that were taken, and the next one for whoever looks."""

from dataclasses import dataclass

from django.urls import reverse

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.money.uprating.models import Batch
from leeway.money.uprating.states import State


@dataclass(frozen=True)
class Next:
    """The next step of a batch: its button, where it leads, and whether it is pressed there and then.

    Where this user cannot take it, `why_not` says whose it is.
    """

    button: str = ""
    address: str = ""
    at_once: bool = False
    why_not: str = ""


STEPS = (
    ("Drafted", "made", ""),
    ("Looked at", "looked", "looked_words"),
    ("First approval", "checked", ""),
    ("Second approval", "approved", ""),
    ("Applied", "applied", ""),
    ("Letters", "told", "late_because"),
    ("Undone", "undone", "undone_because"),
    ("Withdrawn", "withdrawn", "withdrawn_because"),
)


def steps_of(batch: Batch) -> list[tuple[str, str]]:
    """Who took which step of a batch, on which day, with what they said."""
    told = []
    for name, step, words in STEPS:
        by, on = getattr(batch, f"{step}_by"), getattr(batch, f"{step}_on")
        if by is not None:
            said = getattr(batch, words) if words else ""
            told.append((name, f"{by.name}, {on:%-d %B %Y}" + (f". {said}" if said else "")))
    return told


def next_step(batch: Batch, user: User) -> Next | None:
    """The next step of a batch, and whether this user may take it; None where nothing comes next."""
    finance = user.can(Capability.START_BUDGETS)

    def to(name: str) -> str:
        return reverse(f"uprating:{name}", args=[batch.pk])

    if batch.state == State.WORKED_OUT:
        wait = Next(why_not="A finance officer says first what was seen of who gains and who loses.")
        return Next("Say what you saw", to("look")) if finance else wait
    if batch.state in (State.LOOKED_AT, State.CHECKED):
        return _approval(batch, user, to("approve"))
    if batch.state == State.APPROVED:
        wait = Next(why_not="A finance officer applies it now.")
        return Next("Apply it", to("apply"), at_once=True) if finance else wait
    if batch.state == State.APPLIED:
        wait = Next(why_not="A finance officer has the letters written now.")
        return Next("Write the letters", to("letters")) if finance else wait
    return None


def _approval(batch: Batch, user: User, address: str) -> Next:
    if user.pk == batch.made_by_id:
        return Next(why_not="You drafted this batch, so two others of finance approve it.")
    if batch.state == State.LOOKED_AT:
        return Next("Approve it, as the first of two", address, at_once=True)
    if user.pk == batch.checked_by_id:
        return Next(why_not="You approved this batch. A finance manager approves it after you.")
    if not user.can(Capability.APPROVE_LARGE_RUNS):
        return Next(why_not="A finance manager gives the second approval.")
    return Next("Approve it, as the second of two", address, at_once=True)
