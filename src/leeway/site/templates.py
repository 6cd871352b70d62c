"""The Jinja environment that every page is made in."""

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined


def environment(**options) -> Environment:
    """Jinja with the GOV.UK macros beside our own templates; an unknown name is an error, never a blank."""
    ours = options.pop("loader")
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    options["undefined"] = StrictUndefined
    env = Environment(loader=ChoiceLoader([ours, macros]), **options)  # noqa: S701 - Django passes autoescape=True
    return env
