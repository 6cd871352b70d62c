"""The heads of the batches, outside the database: a line each, only ever added to a file, in one place or in more."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from leeway.refusal import Refusal

NAME = "heads.jsonl"


@dataclass(frozen=True)
class Head:
    """The end of the chain after one batch."""

    batch: int
    head: str
    rows: int
    sealed_at: str


def places() -> list[Path]:
    """The files that heads are written to: the data folder's, and another where the council named one."""
    return [folder / NAME for folder in settings.SEAL_FOLDERS]


def set_aside() -> None:
    """Put the heads in the data folder aside, since the database that they are of is no more: a made-up council's."""
    place = places()[0]
    if place.exists():
        place.replace(place.with_name(f"of-an-earlier-council-{NAME}"))


def read(place: Path) -> list[Head]:
    """Every head that a file has, in order. Refuses a file that cannot be read, or has anything else in it."""
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
        return [Head(**json.loads(line)) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as problem:
        raise Refusal(
            f"{place} cannot be read as heads of the seal. Keep it, and put one that can in its place."
        ) from problem


def write(heads: list[Head]) -> None:
    """Add to each file the heads that come after its last. What stands there is never changed.

    A place that cannot take them keeps none of the others from theirs; it is told of once all were tried.
    """
    refusals = []
    for place in places():
        try:
            _write_to(place, heads)
        except Refusal as refusal:
            refusals.append(str(refusal))
    if refusals:
        raise Refusal(" ".join(refusals))


def _write_to(place: Path, heads: list[Head]) -> None:
    there = read(place)
    last = there[-1].batch if there else 0
    new = "".join(json.dumps(asdict(head)) + "\n" for head in heads if head.batch > last)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _add(place, new.encode())
    except OSError as problem:
        raise Refusal(
            f"{place} cannot be written ({problem.strerror}). Let the site write there: the next seal adds what is "
            "missing."
        ) from problem


def _add(place: Path, new: bytes) -> None:
    """Add all of it or, on a full disk, nothing: half a line would make the whole file unreadable."""
    file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = os.fstat(file).st_size
        try:
            _write_whole(file, new)
        except OSError as problem:
            raise Refusal(
                f"The newest heads of the seal could not be added to {place} ({problem.strerror}), "
                f"{_cut_back(file, before)} Make room there, and the next seal adds them."
            ) from problem
    finally:
        os.close(file)


def _cut_back(file: int, size: int) -> str:
    """Take half a line away again, where the place lets anything be taken away, and say how the file stands."""
    try:
        os.ftruncate(file, size)
    except OSError:
        return "and its last line may be cut: take that line out."
    return "which stands as it did before."


def _write_whole(file: int, new: bytes) -> None:
    """Write until nothing is left: the system may take less at once than it is given."""
    while new:
        new = new[os.write(file, new) :]
    os.fsync(file)
