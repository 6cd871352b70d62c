"""Prices in words, as every page and letter says them."""

from leeway.law.numbers import pounds
from leeway.market.contracts.models import Rate, RateKind
from leeway.market.contracts.queries import Change
from leeway.market.units import Unit


def price_in_words(rate: Rate) -> str:
    """A price: “£18.00 an hour, more at weekends”; what costs nothing is free."""
    price = f"{pounds(rate.pence)} {Unit(rate.unit).with_article}" if rate.pence else "Free"
    return f"{price}, {rate.note}" if rate.note else price


def kind_in_words(rate: Rate) -> str:
    """On what footing a price holds: “under a framework”."""
    return RateKind(rate.kind).short


def change_in_words(change: Change) -> str:
    """What became of a price that a plan was written with."""
    was, now = change.was, change.now
    before = f"The price was {pounds(was.pence)} {Unit(was.unit).with_article} when this was written;"
    if now is not None:
        return f"{before} it is {pounds(now.pence)} from {now.starts_on:%-d %B %Y}."
    if was.never_held:
        return f"{before} it was taken back, and no other price is recorded."
    return f"{before} the last day of it is {was.ends_on:%-d %B %Y}, and no later price is recorded."
