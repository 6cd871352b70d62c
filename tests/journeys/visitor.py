"""Someone at the browser, who sees words and presses what they see."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Only what is wrong is brought here: all that axe found right is long, and takes longer to bring than to find.
VIOLATIONS = """async rules =>
    (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations"""
JOB_MOST = 120_000  # milliseconds: the worker may have much else to do
PASSWORD = "fairbourne-demo"


def starting(words: str) -> re.Pattern:
    """What begins with these words."""
    return re.compile(r"^\s*" + re.escape(words))


@dataclass
class Visitor:
    """A browser window. Every page that it comes to is checked with axe, and for running off the side.

    Axe is itself a script: a window without scripts goes without it.
    """

    page: Any
    site: str
    scripts: bool = True
    within: Any = None

    @property
    def here(self) -> Any:
        """The page, or the part of it that the visitor is busy with."""
        return self.within or self.page

    def part(self, name: str) -> "Visitor":
        """A group of boxes on the page, by its heading."""
        return Visitor(self.page, self.site, self.scripts, self.here.get_by_role("group", name=starting(name)))

    def open_part(self, name: str) -> "Visitor":
        """What is folded away under a name, opened where it is not open yet."""
        folded = self.here.locator("details").filter(has=self.page.locator("summary", has_text=starting(name)))
        if folded.get_attribute("open") is None:
            folded.locator("summary").click()
        return Visitor(self.page, self.site, self.scripts, folded)

    def go(self, address: str) -> None:
        self.page.goto(self.site + address if address.startswith("/") else address)
        self.look()

    def click(self, what: Any) -> None:
        """Click what leads to a page, and look that page over once it has come."""
        with self.page.expect_navigation():
            what.click()
        self.look()

    def press(self, name: str | re.Pattern) -> None:
        """Press a button (or a link that looks like one) by its words."""
        self.click(self.here.get_by_role("button", name=name, exact=True))

    def set_going(self, name: str, *, until: str) -> None:
        """Press a button that starts a job, wait on its page until it leads on by these words, and go there."""
        with self.page.expect_navigation():
            self.here.get_by_role("button", name=name, exact=True).click()
        onward = self.page.get_by_role("button", name=until)
        onward.wait_for(timeout=JOB_MOST)
        self.look()
        self.click(onward)

    def follow(self, name: str) -> None:
        """Follow the first link with these words."""
        self.click(self.page.locator("#main-content").get_by_role("link", name=name).first)

    def keeps_at_hand(self, words: str, *, at: str) -> None:
        """These words stay on the screen beside a part of a long page that is further down."""
        self.page.get_by_role("heading", name=at).scroll_into_view_if_needed()
        expect(self.page.locator(".leeway-long__beside").get_by_text(words)).to_be_in_viewport()
        assert self.page.evaluate("scrollY") > 0, f"{at} is on the first screen of the page"

    def write(self, label: str, words: str) -> None:
        self.here.get_by_label(starting(label)).fill(words)

    def choose(self, label: str, *answers: str) -> None:
        """Tick one or more answers to a question."""
        for answer in answers:
            self.part(label).here.get_by_label(starting(answer)).check()

    def pick(self, label: str, option: str) -> None:
        """Pick from a list."""
        self.here.get_by_label(starting(label)).select_option(label=option)

    def date(self, label: str, day: date) -> None:
        group = self.part(label)
        for box, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.write(box, str(number))

    def reads(self) -> str:
        """All that the main part of the page says."""
        return self.page.inner_text("main")

    def is_told(self, *sentences: str) -> None:
        """The page says each of these."""
        told = " ".join(self.reads().split())
        for sentence in sentences:
            assert sentence in told, f"{self.page.url} does not say “{sentence}”:\n{self.reads()[:1500]}"

    def download(self, name: str) -> str:
        """The text of the file behind a link."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=name).click()
        return Path(waiting.value.path()).read_text(encoding="ascii")

    def sign_in(self, name: str, *, at: str = "fairbourne.example", password: str = PASSWORD) -> None:
        self.go("/account/login/")
        self.write("Email address", f"{name}@{at}")
        self.page.locator("input[name=password]").fill(password)
        self.press("Sign in")
        assert "/account/" not in self.page.url, self.reads()

    def look(self) -> None:
        """Look the page over: it is no error page, in order for everyone, and no wider than the window."""
        title = self.page.title()
        assert "Leeway" in title and "went wrong" not in title, f"{self.page.url}: {self.page.inner_text('body')[:400]}"
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{self.page.url} is {too_wide} pixels wider than its window"
        if not self.scripts:
            return
        self.page.evaluate(AXE)
        wrong = [
            f"{each['id']}: {each['help']} ({each['nodes'][0]['html'][:200]})"
            for each in self.page.evaluate(VIOLATIONS, RULES)
        ]
        assert not wrong, "\n".join([self.page.url, *wrong])
