"""Which runs are settled: every payment of it is on the bank's lines, and what came back was dealt with."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from leeway.money.payments.models import PaymentRun
from leeway.money.payments.returning import to_be_made_again
from leeway.money.payments.states import State

type Explained = Callable[[Collection[UUID]], set[UUID]]
_tells: list[Explained] = []


def let_tell_explained(tells: Explained) -> None:
    """Name what knows which of some runs the bank's lines explain. Called once, by the room that has the lines."""
    _tells[:] = [tells]


def _explained(runs: Collection[UUID]) -> set[UUID]:
    return {run for tells in _tells for run in tells(runs)} if runs else set()


def settled(runs: Iterable[PaymentRun]) -> set[UUID]:
    """Those of some runs that are settled, by their keys.

    A run is settled once it is confirmed, matched lines of the bank explain all that left and all that came back, and
    each payment that came back was made again, or is not owed any more. Nothing of this is stored: where a match is
    undone, or a payment comes back later, the run is not settled any more.
    """
    confirmed = {run.pk for run in runs if run.state == State.CONFIRMED}
    open_still = to_be_made_again().filter(run__in=confirmed).order_by().values_list("run", flat=True)
    confirmed -= set(open_still.distinct())
    return _explained(confirmed)


def not_settled_because(run: PaymentRun) -> list[str]:
    """What a confirmed run waits for until it is settled, a sentence each; nothing where it is settled."""
    if run.state != State.CONFIRMED or run.pk in settled([run]):
        return []
    back = to_be_made_again().filter(run=run).count()
    told = [f"{back} payment{'' if back == 1 else 's'} came back, to be made again or ended."] if back else []
    if not _explained({run.pk}):
        told.append("The bank’s lines that are matched do not explain all of it yet.")
    return told
