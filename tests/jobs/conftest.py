"""A kind of job for one test."""

import pytest

from leeway.jobs import kinds


@pytest.fixture
def declare(monkeypatch):
    """Declare a kind of job for one test, which knows no other."""
    for name in list(kinds.KINDS):
        monkeypatch.delitem(kinds.KINDS, name)

    def one(do, name="count", nightly=False):
        monkeypatch.setitem(kinds.KINDS, name, kinds.Kind(name, "Count everyone", do, nightly))

    return one
