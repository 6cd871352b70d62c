"""The people of the tests of themes are those of the other pages of insight."""

from tests.insight.pages.conftest import ana, cole, today

__all__ = ["ana", "cole", "today"]
