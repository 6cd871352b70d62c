"""The published files and reported cases themselves, where they are at hand. They are not part of Leeway."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATA = SHARED / "data"


def reported_case(*parts: str) -> Path:
    """The path of a case made from a public report; skips the test, saying why, where it is not at hand."""
    path = SHARED.joinpath("cases", *parts)
    if not path.exists():
        pytest.skip(f"the case {'/'.join(parts)} is not at hand (it is not part of Leeway)")
    return path


def original(*parts: str) -> Path:
    """The path of a published file; skips the test, saying why, where it is not at hand."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the published file {'/'.join(parts)} is not at hand (it is not part of Leeway)")
    return path
