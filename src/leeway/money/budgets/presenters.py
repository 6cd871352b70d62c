"""Where the money of a budget is, in the words of the person and of whoever helps them."""

from collections.abc import Mapping

from leeway.money.ledger.models import Account
from leeway.money.ledger.reasons import Kind

WHERE = {
    Kind.AVAILABLE: "Put in for {them}, and not set aside yet",
    Kind.COMMITTED: "Set aside for payments to come",
    Kind.CLEARING: "On its way through the bank",
    Kind.HELD_BY_PERSON: "Paid into {their} account",
    Kind.HELD_BY_PROVIDER: "Held by the provider for {them}",
    Kind.PAID_TO_PROVIDER: "Paid to providers",
    Kind.SPENT: "Spent",
    Kind.RECLAIMED: "Given back to the council",
}


def where_the_money_is(balances: Mapping[Account, int], *, you: bool, name: str) -> dict[str, int]:
    """What lies where, the amounts of one kind together: a person has one account, however many the ledger keeps."""
    words = {"them": "you", "their": "your"} if you else {"them": name, "their": f"{name}’s"}
    lies: dict[str, int] = {}
    for account, pence in balances.items():
        where = WHERE[Kind(account.kind)].format(**words)
        lies[where] = lies.get(where, 0) + pence
    return {where: pence for where, pence in lies.items() if pence}
