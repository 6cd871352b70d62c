"""Timing, the same for Leeway and for its peer: standard library alone, so that either environment can run it."""

import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median


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
