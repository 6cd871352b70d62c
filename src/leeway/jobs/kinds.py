"""How a room says what can be done in the background: in its own `jobs.py`, with one of three decorators.

`job` for what somebody asks for and watches; `nightly` for what is done once a day by itself; `errand` for small work
that nobody watches. What a job or a nightly job writes, and that it is done, stand or fall together: it runs in one
transaction, so that a worker which is killed leaves nothing behind, and the next one begins again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from leeway.jobs.models import Job


@dataclass(frozen=True)
class Result:
    """What came of a job: a sentence, and where to go on to, with the words that lead there."""

    sentence: str
    address: str = ""
    link: str = "Go on"


@dataclass(frozen=True)
class Kind:
    """A kind of job: what it is called, and the function that does it with the job and its arguments.

    `being` and `counts` say on a page what is under way, and how far: “Being sent: 12,000 of 100,000 payments”.
    """

    name: str
    title: str
    work: Callable[..., Result]
    nightly: bool = False
    being: str = "Under way"
    counts: str = "steps"


#: Told how far work is: `progress(done=3, of=5)`.
Progress = Callable[..., None]


def untold(*, done: int, of: int) -> None:
    """Tell nobody how far work is: nobody watches."""


def half(progress: Progress, nth: int) -> Progress:
    """Told how far one half of the work is, the first (0) or the second (1): says how far all of it is."""

    def tell(*, done: int, of: int) -> None:
        progress(done=(nth * of + done) // 2, of=of)

    return tell


KINDS: dict[str, Kind] = {}
ERRAND_TRIES = RetryStrategy(max_attempts=8, exponential_wait=4)  # the last some eighteen hours after the first


def job(name: str, *, title: str, being: str = "Under way", counts: str = "steps") -> Callable:
    """Declare a job that somebody starts with `start_job` and watches on its page.

    The function takes the `Job` (whose `asked_by` and `asked_on` are whom and when to act for, and on which it may
    `report` how far it is) and the arguments as keywords, and gives a `Result`. A `Refusal` ends it with that sentence.
    """

    def declare(work: Callable[..., Result]) -> Callable[..., Result]:
        _add(Kind(name, title, work, being=being, counts=counts))
        return work

    return declare


def nightly(name: str, *, title: str) -> Callable:
    """Declare what is done once a day, early. The function takes the `Job`, whose `asked_on` is the day."""

    def declare(work: Callable[[Job], Result]) -> Callable[[Job], Result]:
        _add(Kind(name, title, work, nightly=True))
        return work

    return declare


def errand(name: str, *, every: str = "") -> Callable:
    """Declare small work that nobody watches, asked for with `queue_errand`; `every` (cron, UTC) does it by the clock.

    It may be done more than once, so it looks what is left to do (“send what is in the outbox”) and commits each thing
    as it does it. No two of one name run at the same time. What fails is tried again: by the clock, or later
    and later where there is none.
    """

    def declare(work: Callable[..., None]) -> Callable[..., None]:
        async def run(timestamp: int | None = None, **arguments: Any) -> None:
            await sync_to_async(work)(**arguments)  # in the one thread that has the connection to the database

        if every:  # the clock is the retry; one that waits is enough
            app.periodic(cron=every)(app.task(name=name, lock=name, queueing_lock=name)(run))
        else:
            app.task(name=name, lock=name, retry=ERRAND_TRIES)(run)
        return work

    return declare


def _add(kind: Kind) -> None:
    assert kind.name not in KINDS, f"Two jobs are called {kind.name}."
    KINDS[kind.name] = kind
