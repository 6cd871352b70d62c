"""Counting what a way through the pages costs: pages loaded, links and buttons pressed, fields filled in."""

from dataclasses import dataclass

from tests.journeys.visitor import Visitor

#: Keeps count in the tab itself: the boxes of a radio count as one field, each box to tick and each part of a date as
#: one, and a field that is written twice on a page once.
KEEP_COUNT = """() => {
  if (!location.protocol.startsWith("http")) return;
  const count = (what) => sessionStorage.setItem(what, 1 + Number(sessionStorage.getItem(what)));
  const filled = new Set();
  addEventListener("load", () => count("pages"));
  addEventListener("click", (event) => { if (event.target.closest("a, button, summary")) count("clicks"); }, true);
  addEventListener("input", (event) => {
    const field = event.target.type === "radio" ? event.target.name : event.target;
    if (!filled.has(field)) count("fields");
    filled.add(field);
  }, true);
}"""
READ = "what => what.map(each => Number(sessionStorage.getItem(each)))"


@dataclass(frozen=True)
class Cost:
    """What a way cost whoever went it."""

    pages: int = 0
    clicks: int = 0
    fields: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.pages + other.pages, self.clicks + other.clicks, self.fields + other.fields)

    def is_within(self, most: "Cost") -> bool:
        """Whether nothing of it is more than this."""
        return self.pages <= most.pages and self.clicks <= most.clicks and self.fields <= most.fields


def keep_count(visitor: Visitor) -> None:
    """Count from the next page on."""
    visitor.page.add_init_script(f"({KEEP_COUNT})()")


def start_again(visitor: Visitor) -> None:
    """Forget what was counted, such as signing in."""
    visitor.page.evaluate("sessionStorage.clear()")


def cost(visitor: Visitor) -> Cost:
    """What was counted so far."""
    return Cost(*visitor.page.evaluate(READ, ["pages", "clicks", "fields"]))
