"""Why a bank did not carry a payment out, or sent it back: its code in plain words.

The codes are ISO 20022's external code sets, read from ISO's own file into `reason_codes.csv`. What people are likely
to meet has plain words here; everything else is said in ISO's.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from leeway.reading import seen_alone, table_of

TABLE = Path(__file__).with_name("reason_codes.csv")
COLUMNS = ("set", "code", "words")


class ReasonSet(Enum):
    """Which of ISO's lists a code is from, by ISO's name for it."""

    STATUS = "ExternalStatusReason1Code"
    RETURN = "ExternalReturnReason1Code"


@dataclass(frozen=True)
class Reason:
    """Why, as the bank's code has it and as a person can read it."""

    code: str
    words: str


#: The codes by which a bank says that it has this very payment, or file, already. The first one stands.
DUPLICATES = frozenset({"AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05"})
#: The codes by which a bank says that nothing is wrong with the account that was to be paid, but with us or with it.
FAILED_WITH_US = frozenset({"AM02", "AM04", "DT01", "ED05", "FF01", "TM01"})
#: The codes that say nothing by themselves: what the bank wrote beside them does.
IN_THE_BANKS_WORDS = frozenset({"NARR", "MS02", "MS03"})
PLAIN = {
    "AC01": "the account number is wrong",
    "AC03": "the account number is wrong",
    "AC04": "the account is closed",
    "AC06": "the account is blocked",
    "AC07": "the account is closed",
    "AC15": "the account has moved to another bank",
    "AG01": "payments cannot be made into an account of this kind",
    "AG03": "payments cannot be made into an account of this kind",
    "AM02": "the amount is more than the bank allows",
    "AM04": "the council’s account did not have enough money in it",
    "AM05": "the bank has this payment already",
    "BE01": "the name does not fit the account",
    "BE04": "the address is missing or wrong",
    "BE06": "the bank does not know the account holder",
    "CUST": "the council asked for it back",
    "CURR": "the account is not held in pounds",
    "DT01": "the date is not one on which the bank pays",
    "DUPL": "the bank has this payment already",
    "ED05": "the banks could not settle the payment",
    "FF01": "the bank could not read the file",
    "FOCR": "the council asked for it back",
    "FR01": "the bank suspects fraud",
    "MD06": "the account holder sent it back",
    "MD07": "the account holder has died",
    "MS02": "the account holder sent it back and gave no reason",
    "MS03": "the bank gave no reason",
    "NARR": "the bank gave no reason",
    "NOAS": "the account holder did not answer",
    "RC01": "the sort code is wrong",
    "RC04": "the sort code is wrong",
    "RC10": "the sort code is wrong",
    "TM01": "the bank had the file too late",
}


#: Why something came back, where somebody tells the person: it is about no number of an account that we may have wrong.
NOT_FOR_A_MESSAGE = frozenset({PLAIN["CUST"], PLAIN["MD07"]})


def reason_for(code: str, of: ReasonSet, *, said: str = "") -> Reason:
    """What a code means; `said` is what the bank wrote beside it, which is kept where the code alone says little.

    >>> reason_for("AC04", ReasonSet.RETURN)
    Reason(code='AC04', words='the account is closed')
    >>> reason_for("NARR", ReasonSet.STATUS, said="Roll number not known").words
    'the bank says: Roll number not known'
    """
    said = seen_alone(said)
    iso = _published().get((of, code))
    if said and (code in IN_THE_BANKS_WORDS or iso is None):
        return Reason(code, f"the bank says: {said}")
    if code in PLAIN:
        return Reason(code, PLAIN[code])
    if iso is None:
        return Reason(code, f"the bank’s reason is “{code}”, which is not in ISO’s list" if code else PLAIN["NARR"])
    first = iso[0] if iso[1:2].isupper() else iso[0].lower()
    return Reason(code, first + iso[1:].rstrip(" ."))


@cache
def _published() -> dict[tuple[ReasonSet, str], str]:
    """ISO's words for each code of each set."""
    _columns, rows = table_of(TABLE)
    return {(ReasonSet[row["set"].upper()], row["code"]): row["words"] for _number, row in rows}
