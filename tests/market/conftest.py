"""The regulator's real files, where they are at hand, and small ones made by hand in the same layouts."""

from datetime import date
from pathlib import Path

import pytest

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.market.directory.demo import make_market

TODAY = date(2026, 11, 23)


@pytest.fixture
def write(tmp_path):
    """Write lines to a file and give its path."""

    def write_lines(*lines: str, name: str = "extract.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write_lines


@pytest.fixture
def market(db):
    return make_market(7, TODAY)


@pytest.fixture
def carla(db):
    """A commissioner."""
    return User.objects.create_user(
        "carla@council.example", "correct horse battery", name="Carla Mensah", roles=[Role.COMMISSIONER]
    )
