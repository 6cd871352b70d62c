"""How stored words address whoever reads them: “the person” of a rule or a record is “you”, or has a name.

Rules, steps and reasons are stored once and read by three: staff, the person, and whoever helps them.
"""

import re

#: What a state is called in the office, and what it is called for the person and whoever helps them.
PLAIN = {
    "Waiting for sign-off": "With a manager",
    "waiting for sign-off": "with a manager",
    "Signed off, waiting": "Decided, waiting",
    "signed off, waiting": "decided, waiting",
    "The case is closed": "This is closed",
}
#: Words that follow “the person” and change with “you”.
VERBS = {
    "pays": "pay", "has": "have", "lacks": "lack", "owes": "owe", "is": "are", "was": "were", "agrees": "agree",
    "does": "do", "holds": "hold", "gets": "get", "needs": "need", "keeps": "keep", "chooses": "choose",
    "decides": "decide", "lives": "live", "cannot": "cannot", "can": "can",
}  # fmt: skip
#: Not the person whom a carer looks after, nor somebody's own staff.
THE_PERSON = re.compile(
    r"\b(?P<the>[Tt]he) person\b(?! (?:they|you|who|whom|for whom)\b)(?P<of>[’']s)?(?: (?P<verb>"
    + "|".join(VERBS)
    + r")\b)?"
)


def in_plain_words(text: str) -> str:
    """Words without what only the office says."""
    for office, plain in PLAIN.items():
        text = text.replace(office, plain)
    return text


def addressed(text: str, *, you: bool, name: str) -> str:
    """Words in which “the person” is whoever reads them, or has their name.

    >>> addressed("The person pays £12.00. It is left to the person.", you=True, name="Ada")
    'You pay £12.00. It is left to you.'
    >>> addressed("The person pays £12.00, by the person's choice.", you=False, name="Ada")
    'Ada pays £12.00, by Ada\u2019s choice.'
    >>> addressed("A carer never pays for what the person they care for gets.", you=True, name="Ada")
    'A carer never pays for what the person they care for gets.'
    >>> addressed("The personal budget is what the plan costs.", you=True, name="Ada")
    'The personal budget is what the plan costs.'
    """

    def put(found: re.Match[str]) -> str:
        capital, verb = found["the"] == "The", found["verb"]
        if not you:
            said = f"{name}’s" if found["of"] else name
        elif found["of"]:
            said = "Your" if capital else "your"
        else:
            said = "You" if capital else "you"
        return f"{said} {VERBS[verb] if you and not found['of'] else verb}" if verb else said

    return THE_PERSON.sub(put, in_plain_words(text))
