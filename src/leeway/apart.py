"""What came in from outside, opened in a process of its own, of limited memory, one at a time.

A small file may unpack to gigabytes, and what opens it is often a library in another language. Where that process ends,
the site goes on.
"""

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from leeway.refusal import Refusal

REFUSED = 3  # how the process ends that has a sentence to give instead of what was asked for


@dataclass
class Apart:
    """One kind of work that is done apart: the module that does it when it is run, and what is said where it cannot."""

    module: str
    refuses: type[Refusal]
    busy: str
    damaged: str
    memory_bytes_max: int = 1_200_000_000
    seconds_max: float = 60
    seconds_waited: float = 20
    one_at_a_time: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(1))
    command: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.command = [sys.executable, "-P", "-m", self.module]

    def ask(self, content: bytes) -> bytes:
        """What the process makes of a file. Refuses what it refuses, and what it could not open or finish."""
        if not self.one_at_a_time.acquire(timeout=self.seconds_waited):
            raise self.refuses(self.busy)
        try:
            done = subprocess.run(
                self.command, input=content, capture_output=True, timeout=self.seconds_max, check=False
            )
        except subprocess.TimeoutExpired as problem:
            raise self.refuses(self.damaged) from problem
        finally:
            self.one_at_a_time.release()
        if done.returncode == REFUSED:
            raise self.refuses(done.stdout.decode())
        if done.returncode != 0:
            raise self.refuses(self.damaged)
        return done.stdout

    def answer(self, work: Callable[[bytes], bytes]) -> None:
        """Inside the process: do the work on what comes in, or say why not."""
        resource.setrlimit(resource.RLIMIT_AS, (self.memory_bytes_max, self.memory_bytes_max))
        try:
            made = work(sys.stdin.buffer.read())
        except Refusal as refused:
            sys.stdout.write(str(refused))
            sys.exit(REFUSED)
        sys.stdout.buffer.write(made)
