"""Where a recovery stands, and by which steps it gets there. No step can be left out."""

from collections.abc import Mapping, Sequence

from django.db.models import TextChoices


class State(TextChoices):
    """Where a recovery stands, as finance and the person read it."""

    ASKING = "asking", "Being understood"
    PROPOSED = "proposed", "A second person looks"
    NOTICE = "notice", "The person was written to"
    CHALLENGED = "challenged", "Challenged: the clock stands still"
    DUE = "due", "To be given back"
    OVER = "over", "Given back"
    WITHDRAWN = "withdrawn", "Not asked back"


class Did(TextChoices):
    """A step of a recovery."""

    TALKED = "talked", "Spoke with them"
    TRIED = "tried", "Tried to speak with them"
    PROPOSED = "proposed", "Proposed"
    SENT_BACK = "sent_back", "Not agreed by the second person"
    APPROVED = "approved", "Agreed by a second person, and written to the person"
    AGREED = "agreed", "They agree"
    HARD = "hard", "They say that it would be hard"
    CHALLENGED = "challenged", "They challenge it"
    UPHELD = "upheld", "The challenge was right"
    STANDS = "stands", "The challenge was answered, and it stands"
    DECIDED = "decided", "Decided"
    GIVEN_BACK = "given_back", "Given back"
    NOT_GIVEN_BACK = "not_given_back", "Not given back after all"
    WITHDRAWN = "withdrawn", "Not asked back after all"


OPEN = (State.ASKING, State.PROPOSED, State.NOTICE, State.CHALLENGED, State.DUE)
#: Each step, in which states it is taken, and where it leads.
STEPS: Mapping[Did, tuple[tuple[State, ...], State | None]] = {
    Did.TALKED: ((State.ASKING,), None),
    Did.TRIED: ((State.ASKING,), None),
    Did.PROPOSED: ((State.ASKING,), State.PROPOSED),
    Did.SENT_BACK: ((State.PROPOSED,), State.ASKING),
    Did.APPROVED: ((State.PROPOSED,), State.NOTICE),
    Did.AGREED: ((State.NOTICE,), None),
    Did.HARD: ((State.NOTICE,), None),
    Did.CHALLENGED: ((State.NOTICE, State.DUE, State.OVER), State.CHALLENGED),
    Did.UPHELD: ((State.CHALLENGED,), State.WITHDRAWN),
    Did.STANDS: ((State.CHALLENGED,), State.NOTICE),
    Did.DECIDED: ((State.NOTICE,), State.DUE),
    Did.GIVEN_BACK: ((State.DUE, State.OVER), None),
    Did.NOT_GIVEN_BACK: ((State.NOTICE, State.CHALLENGED, State.DUE, State.OVER, State.WITHDRAWN), None),
    Did.WITHDRAWN: (OPEN, State.WITHDRAWN),
}


def state_after(steps: Sequence[tuple[Did, int]]) -> State:
    """Where a recovery stands after its steps, each with its pence: given back once all that was decided came.

    >>> state_after([]), state_after([(Did.PROPOSED, 0), (Did.SENT_BACK, 0)])
    (State.ASKING, State.ASKING)
    >>> state_after([(Did.DECIDED, 50), (Did.GIVEN_BACK, 20)]), state_after([(Did.DECIDED, 50), (Did.GIVEN_BACK, 50)])
    (State.DUE, State.OVER)
    """
    state = State.ASKING
    for did, _pence in steps:
        state = STEPS[did][1] or state
    if state == State.DUE and left_of(steps) == 0:
        return State.OVER
    return state


def left_of(steps: Sequence[tuple[Did, int]]) -> int:
    """What is still to be given back of what was decided last, in pence."""
    decided = [pence for did, pence in steps if did == Did.DECIDED]
    given = sum(pence for did, pence in steps if did == Did.GIVEN_BACK)
    back = sum(pence for did, pence in steps if did == Did.NOT_GIVEN_BACK)
    return (decided[-1] if decided else 0) - given + back
