"""The words of messages, read from the files of `wording/`: one for each kind, in full and as a short text."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).parent / "wording"
JINJA = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
#: What every message may say without being told.
ALWAYS = ("name", "council", "contact", "office", "sign_in")
INVISIBLE = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))


class WrongFields(Exception):
    """A message was written with a field too few, too many, or empty: a fault of the program, not of its user."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind of message. `fields` names what they are filled in with, each with an example."""

    name: str
    about: str
    fields: Mapping[str, str]
    subject: str
    body: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it is read. A text message has its body alone."""

    subject: str
    body: str


def wording_names() -> list[str]:
    """Every kind of message."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def read_wording(name: str) -> Wording:
    """The words of one kind of message."""
    path = FOLDER / f"{name}.yaml"
    if name not in wording_names():
        raise WrongFields(f"There are no words for “{name}”: add {path.name} to the folder of wording.")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Wording(name=name, **{"fields": {}} | content)


def fill_in(name: str, data: Mapping[str, str], *, recipient_name: str, short: bool) -> Words:
    """The words for one recipient. Every field that the wording declares must be there, and no other."""
    wording = read_wording(name)
    if wrong := set(wording.fields) ^ set(data):
        raise WrongFields(f"{name}: these fields are missing or not declared: {', '.join(sorted(wrong))}.")
    if empty := [field for field, value in data.items() if not str(value).strip()]:
        raise WrongFields(f"{name}: these fields are empty: {', '.join(sorted(empty))}.")
    known = {field: str(value).translate(INVISIBLE) for field, value in data.items()} | {
        "name": recipient_name,
        "council": settings.COUNCIL_NAME,
        "contact": settings.COUNCIL_CONTACT,
        "office": settings.OFFICE_CONTACT,
        "sign_in": settings.SITE_ADDRESS,
    }
    return Words(subject=wording.subject, body=_template(name, short).render(known).strip())


@cache
def _template(name: str, short: bool) -> Template:
    wording = read_wording(name)
    return JINJA.from_string(wording.text if short else wording.body)
