import pytest

from tests.money.every_action import World, make_world


@pytest.fixture
def world(another_case, agree, bea, finn, fay, mona):
    """Make the world that a pair of actions needs."""

    def made(*needs: str) -> World:
        return make_world(*needs, another_case=another_case, agree=agree, bea=bea, finn=finn, fay=fay, mona=mona)

    return made
