"""What can follow from something that happened: what money does, whose task it is, which are over, who is told."""

from collections.abc import Callable
from dataclasses import dataclass

from leeway.care.people.events import Event
from leeway.care.people.models import StoryLine, Whose
from leeway.site.telling import Notice


@dataclass(frozen=True)
class ToDo:
    """A task that follows: whose it is, what to do (with `{person}`), and within how many days."""

    whose: Whose
    what: str
    days: int = 5
    only: Callable[[StoryLine], bool] = lambda line: True


@dataclass(frozen=True)
class Over:
    """Tasks that are over, since what they asked for is done or has no sense left: what had set them, and whose."""

    kinds: tuple[Event, ...]
    whose: tuple[Whose, ...] = tuple(Whose)
    only: Callable[[StoryLine], bool] = lambda line: True


@dataclass(frozen=True)
class Follows:
    """What follows from one kind of event."""

    then: tuple[Callable[[StoryLine], object], ...] = ()
    over: tuple[Over, ...] = ()
    tasks: tuple[ToDo, ...] = ()
    notices: tuple[Notice, ...] = ()
