"""What the documentation names is there: its links, its commands, its settings, and each of them is named."""

import re
from pathlib import Path

import click
import pytest

from leeway.site.commands import main

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^\$ |`(?:\.venv/bin/)?)leeway ([a-z][a-z0-9 -]*)", re.MULTILINE)
SETTING = re.compile(r"\b(LEEWAY_[A-Z_]+[A-Z])\b")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert not missing, f"{named(page)} links to what is not there."


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_exist(page):
    for words in COMMAND.findall(page.read_text(encoding="utf-8")):
        assert is_command(words.partition("--")[0].split()), (
            f"{named(page)} names “leeway {words}”, which is no command."
        )


def is_command(words: list[str]) -> bool:
    """Whether these words begin with a command, or are a group alone."""
    command: click.Command | None = main
    with click.Context(main) as context:
        for word in words:
            if not isinstance(command, click.Group):
                return True
            command = command.get_command(context, word)
            if command is None:
                return False
    return True


def test_words_that_are_no_command_are_noticed():
    assert is_command(["law", "charge", "ada"]) and is_command(["law"])
    assert not is_command(["law", "discharge"]) and not is_command(["work"])


def test_every_setting_is_in_the_table_and_no_other():
    settings = (ROOT / "src/leeway/site/settings.py").read_text(encoding="utf-8")
    secrets = re.findall(r'env_secret\("(LEEWAY_[A-Z_]+)"\)', settings)
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    options = re.findall(r'(?:envvar=|Limit\()"(LEEWAY_[A-Z_]+)"', source)  # a command's options, and limits
    known = {*SETTING.findall(settings), *(f"{name}_FILE" for name in secrets), *options}
    page = (ROOT / "docs/how-to/run-in-production.md").read_text(encoding="utf-8")
    rows = "\n".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    assert set(SETTING.findall(rows)) == known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_settings_that_pages_name_exist(page):
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    for name in SETTING.findall(page.read_text(encoding="utf-8")):
        assert name.removesuffix("_FILE") in source, f"{named(page)} names {name}, which nothing reads."
