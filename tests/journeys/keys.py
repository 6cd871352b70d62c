"""Working a page without a mouse: Tab to a thing, type, press Enter or one of the page's own keys."""

import pytest

from tests.journeys.visitor import Visitor

FOCUSED = """() => {
  const one = document.activeElement
  const shown = [getComputedStyle(one), one.nextElementSibling && getComputedStyle(one.nextElementSibling, '::before')]
  const box = one.getBoundingClientRect()
  return {
    name: (one.labels?.length ? one.labels[0].textContent : one.textContent).replace(/\\s+/g, ' ').trim(),
    tag: one.tagName,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && one.matches(':focus-visible') &&
      shown.some(style => style && (style.outlineStyle !== 'none' || style.boxShadow !== 'none')),
  }
}"""


def tab_to(visitor: Visitor, name: str, most: int = 80) -> None:
    """Press Tab until what begins with these words has the focus; where the focus is can be seen at every step."""
    passed = []
    for _press in range(most):
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.evaluate(FOCUSED)
        assert focused["tag"] == "BODY" or focused["seen"], f"{visitor.page.url}: focus cannot be seen on {focused}"
        if focused["name"].startswith(name):
            return
        passed.append(focused["name"])
    pytest.fail(f"{visitor.page.url}: no Tab reaches “{name}”, only {passed}")


def type_in(visitor: Visitor, name: str, words: str) -> None:
    tab_to(visitor, name)
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type(words)


def enter(visitor: Visitor, name: str) -> None:
    """Go to a link or a button, and press Enter on it."""
    tab_to(visitor, name)
    press(visitor, "Enter")


def press(visitor: Visitor, key: str) -> None:
    """Press one key of the page's own, or Enter on what has the focus, and look over the page that it leads to."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(key)
    visitor.look()
