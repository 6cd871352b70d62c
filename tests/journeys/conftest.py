"""A real browser on a real server: `leeway demo` makes a small council and serves it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PEOPLE = "40"


@dataclass(frozen=True)
class Site:
    """A served council: where it answers, and the file to which the server writes, letters by email among it."""

    address: str
    output: Path

    def link_emailed_to(self, email: str) -> str:
        """The link in the last message to an address."""
        message = self.output.read_text(encoding="utf-8").split(f"To: {email}")[-1]
        return re.search(r"https?://\S+", message)[0]


@pytest.fixture(scope="package")
def browser():
    """Chromium: Debian's or the system's where there is one, else Playwright's own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make assets.")
    with playwright.sync_playwright() as driver:
        try:
            chromium = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        except playwright.Error as problem:
            pytest.skip(f"No browser could be started: install chromium. ({str(problem).splitlines()[0]})")
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def site(browser):
    """A served council of forty people. Made only where there is a browser to look at it.

    Not in pytest's own temporary folder: each new session of pytest closes that to the database's user.
    """
    folder = Path(tempfile.mkdtemp(prefix="leeway-journeys-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    environment = ours | {"LEEWAY_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    demo = [sys.executable, "-m", "leeway.site.commands", "demo", "--people", PEOPLE, "--port", str(port)]
    output = folder / "server.txt"
    with output.open("w") as file:
        server = subprocess.Popen(demo, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}", server, output)
        yield Site(f"http://127.0.0.1:{port}", output)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(address: str, server: subprocess.Popen, output: Path) -> None:
    for _attempt in range(300):
        if server.poll() is not None:
            break
        try:
            urlopen(address, timeout=5)
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"The server did not answer.\n{output.read_text()}")


@pytest.fixture
def window(browser):
    """Open a fresh browser window on a site, signed in to nothing."""
    from tests.journeys.visitor import Visitor  # reads axe, which is there only where a browser is

    opened = []

    def on(address: str, *, width: int = 1280, scripts: bool = True) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        context.set_default_timeout(15_000)
        opened.append(context)
        return Visitor(context.new_page(), address, scripts)

    yield on
    for context in opened:
        context.close()


@pytest.fixture
def visit(window, site):
    """Open a fresh browser window on the made-up council, and say as whom to sign in."""

    def as_visitor(name: str = "", **how):
        visitor = window(site.address, **how)
        if name:
            visitor.sign_in(name)
        return visitor

    return as_visitor
