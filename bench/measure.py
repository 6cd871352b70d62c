"""Timing, the same for Leeway and for its peer: standard library alone, so that either environment can run it."""

import os
import platform
import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median


def today() -> date:
    """The day on which something is measured, by the clock of the machine that its figures are of."""
    return date.today()  # noqa: DTZ011


def seconds_of(job: Callable[[], object], *, repeats: int, warm_up: int = 1) -> list[float]:
    """Run a job several times after a warm-up, and give the seconds of each run."""
    for _ in range(warm_up):
        job()
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - started)
    return seconds


def cost_of(job: Callable[[], object], *, server: int) -> dict[str, float]:
    """Run a job once: how long one waited, and the processor time of this process and of its database server (Linux).

    `server` is the process of the connection. Processor time says more than the clock where others use the machine.
    """
    used, started = time.process_time() + processor_time(server), time.perf_counter()
    job()
    waited = time.perf_counter() - started
    return {"waited": waited, "processor": time.process_time() + processor_time(server) - used}


def processor_time(process: int) -> float:
    """The processor time that a process has used so far, in seconds (Linux)."""
    numbers = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return sum(map(int, numbers[11:13])) / os.sysconf("SC_CLK_TCK")


def in_short(seconds: list[float]) -> dict[str, float]:
    """Give the shortest and the middle one of several times."""
    return {"least": min(seconds), "median": median(seconds)}


def machine() -> dict[str, object]:
    """Say on what the figures were taken: processor, cores, load, system, Python."""
    cpu = "unknown processor"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    return {
        "processor": cpu,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def in_words(state: dict[str, object]) -> str:
    """Write the machine as part of a sentence."""
    return (
        f"{state['processor']}, {state['cores']} cores, load {state['load_before']} before, {state['system']}, "
        f"Python {state['python']}"
    )


def peak_mib() -> int:
    """The most memory that this process has held so far, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
