"""A real browser on a real server: `leeway demo` makes a small council, `leeway serve` serves it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PASSWORD = "fairbourne-demo"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a served council of forty people."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}},
        "LEEWAY_DATA": str(tmp_path_factory.mktemp("council")),
        "LEEWAY_DEMO": "True",
    }
    leeway = [sys.executable, "-m", "leeway.site.commands"]
    made = subprocess.run(
        [*leeway, "demo", "--people", "40", "--no-serve"], env=environment, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    server = subprocess.Popen([*leeway, "serve", "--port", str(port), "--workers", "1"], env=environment)
    address = f"http://127.0.0.1:{port}"
    wait_for(address)
    yield address
    server.terminate()
    server.wait(20)


def wait_for(address: str) -> None:
    for _attempt in range(120):
        try:
            urlopen(address, timeout=5)
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail("The server did not answer.")


@pytest.fixture(scope="session")
def browser():
    """Chromium: Debian's or the system's where there is one, else Playwright's own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    with playwright.sync_playwright() as driver:
        try:
            chromium = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        except playwright.Error as problem:
            pytest.skip(f"No browser could be started: install chromium. ({str(problem).splitlines()[0]})")
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """Someone at the browser. Every page they come to is checked with axe."""

    page: object
    site: str
    axe: bool = True

    def go(self, address: str) -> None:
        self.page.goto(self.site + address if address.startswith("/") else address)
        self.look()

    def press(self, name: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label).first.fill(words)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).first.check()

    def says(self, words: str) -> bool:
        return words in self.page.inner_text("main")

    def look(self) -> None:
        """Check the page as axe does, and that it is no error page and does not run off the side."""
        title = self.page.title()
        assert "Leeway" in title, f"{self.page.url}: {self.page.inner_text('body')[:400]}"
        if not self.axe:
            return
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa','best-practice']})")
        wrong = [
            f"{each['id']}: {each['help']} ({each['nodes'][0]['html'][:200]})" for each in found["violations"]
        ]
        assert not wrong, f"{self.page.url}\n" + "\n".join(wrong)
        assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{self.page.url} runs off"

    def sign_in(self, name: str) -> None:
        self.go("/account/login/")
        self.write("Email address", f"{name}@fairbourne.example")
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.press("Sign in")
        assert "/home" in self.page.url, self.page.inner_text("main")[:300]


@pytest.fixture
def visit(browser, site):
    """Open a fresh browser window, and say as whom to sign in."""
    opened = []

    def as_visitor(name: str = "", *, width: int = 1280, scripts: bool = True) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        context.set_default_timeout(20_000)
        opened.append(context)
        visitor = Visitor(context.new_page(), site, axe=scripts)
        if name:
            visitor.sign_in(name)
        return visitor

    yield as_visitor
    for context in opened:
        context.close()
