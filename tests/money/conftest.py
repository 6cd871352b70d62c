import pytest

from tests.money.every_action import World, begin, set_up


@pytest.fixture
def begun(another_case, agree, bea, finn, fay, mona):
    """Make the world that actions begin with."""

    def made(*needs: str) -> World:
        return begin(*needs, another_case=another_case, agree=agree, bea=bea, finn=finn, fay=fay, mona=mona)

    return made


@pytest.fixture
def world(begun, agree):
    """Make the world that actions need."""
    return lambda *needs: set_up(begun(*needs), *needs, agree=agree)
