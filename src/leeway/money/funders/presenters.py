"""Who pays, in words and in one bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from leeway.law.sharing import in_words
from leeway.money.funders.models import COUNCIL, Funder, Portion, Purse, Sharing
from leeway.split_bar import AMBER, INK, OTHERS, PALE, Share

#: Who pays a purse's share where nobody is named.
NOBODY_NAMED = {Purse.NHS: "The NHS (which body is not named)", Purse.COUNCIL: "The council"}


@dataclass(frozen=True, slots=True)
class PaysNow:
    """What one payer pays a week: a funder, or the person, or the NHS where no body of it is named."""

    purse: Purse
    funder: Funder | None
    pence: int

    @property
    def name(self) -> str:
        """Who it is, where it is not the person."""
        return self.funder.name if self.funder else NOBODY_NAMED[self.purse]

    @property
    def to_be_named(self) -> bool:
        """Whether it is not said which body of the NHS pays."""
        return self.purse == Purse.NHS and self.funder is None


def shares_of(pays: Sequence[PaysNow], own: str) -> list[Share]:
    """Payers as the bar and its table show them; `own` is what is said of the person: “You pay”."""
    others, found, nhs_shown = list(OTHERS), [], False
    for each in pays:
        if each.purse == Purse.PERSON:
            found.append(Share(own, each.pence, AMBER))
            continue
        if each.purse == Purse.COUNCIL and (each.funder is None or each.funder.pk == COUNCIL):
            colour = INK
        elif each.purse == Purse.NHS and not nhs_shown:
            colour, nhs_shown = PALE, True
        else:
            colour = others[0]
            others.append(others.pop(0))
        found.append(Share(f"{each.name} pays", each.pence, colour))
    return found


def agreed_in_words(sharing: Sharing) -> list[tuple[Portion, str]]:
    """What a sharing says of each funder, in a few words."""
    return [(each, in_words(sharing.method, each.agreed)) for each in sharing.portions.all()]
