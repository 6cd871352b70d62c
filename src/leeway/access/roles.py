"""What a user comes to do, what each role may do, and which roles nobody holds together. The one source of all three.

A new role stands in no line of `WHO_CAN` and can do nothing until it is written there. Whether this user may do it to
this one case or payment is asked besides, in the room that knows the case.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import combinations

from django.db.models import TextChoices


class Role(TextChoices):
    """What a user comes to do. One user may hold several roles, but for those in `APART`."""

    PERSON = "person", "Person or supporter"
    ASSESSOR = "assessor", "Social worker or assessor"
    MANAGER = "manager", "Team manager"
    FINANCE = "finance", "Finance officer"
    FINANCE_MANAGER = "finance_manager", "Finance manager"
    COMMISSIONER = "commissioner", "Commissioner"
    DIRECTOR = "director", "Director of adult social services"
    ANALYST = "analyst", "Analyst"
    PROVIDER = "provider", "Provider"
    ADMINISTRATOR = "administrator", "Administrator"


class Capability(Enum):
    """One thing that a role may let a user do; the words end the sentence “Only … can”."""

    WORK_FOR_COUNCIL = "see this as a member of the council’s staff"
    # cases
    FOLLOW_CASES = "follow a case"
    SEE_RECORDS = "see people’s records"
    SEE_WHO_LOOKED = "see who looked at a record"
    WORK_ON_CASES = "work on cases"
    HOLD_CASES = "be a case’s worker"
    LEAD_TEAM = "lead a team"
    SEE_WAITS = "see how long people wait, in numbers"
    SEE_COUNCIL = "see how the whole council stands, in sums"
    SIGN_OFF = "sign off a plan or return it to be written again"
    WRITE_PLANS = "write in a support plan"
    TAKE_PART = "take part in a case of their own, or of someone who gave them leave"
    WRITE_OWN_WORDS = "write in their own words"
    # money
    CHECK_MEANS = "do anybody’s money check"
    START_BUDGETS = "start, fund, hold or end a budget"
    KEEP_BANK_DETAILS = "record or approve bank details"
    PAY = "pay or move money"
    APPROVE_LARGE_RUNS = "approve a payment run above the council’s limit"
    SAY_WHO_PAYS = "say who pays a line, or keep the list of funders"
    CONFIRM_RECEIPTS = "confirm that money was received"
    SEE_DISPUTES = "see disputes over who pays"
    KEEP_DISPUTES = "open, follow or end a dispute over who pays"
    SEE_FUNDERS = "see what each funder pays"
    SEE_POOLS = "see what pooled funds spend"
    UNTANGLE_POOLS = "see whose support a pooled fund pays for"
    KEEP_POOLS = "set up a pooled fund or change what is in it"
    SETTLE_INVOICES = "take in what providers say they did and spent, or agree what is due for it"
    SEE_BANK = "see bank accounts and what their lines are"
    RECONCILE = "take in bank statements or say what their lines are"
    SEE_RECOVERIES = "see what is asked about direct payments"
    KEEP_RECOVERIES = "ask about a direct payment, or ask money of it back"
    APPROVE_RECOVERIES = "agree as a second person that money is asked back"
    MONITOR = "check the account of a direct payment"
    SET_LEVEL = "say how often an account is checked"
    SEE_WHO_IS_FLAGGED = "see in whose accounts something was pointed out, in numbers"
    SEE_BOOKS = "see the council’s books in sums"
    KEEP_BOOKS = "set a year’s budgets, take a month-end or make a journal"
    SEE_CHANGES = "see what changed budgets, and why"
    SEE_CHANGED_CASES = "see whose budgets changed, and why"
    # what there is to choose from
    LIST_SERVICES = "add to the directory or record a price"
    IMPORT_LISTINGS = "import the regulator’s files"
    # what the records say
    ANALYSE = "read every case at once"
    ENTER_INSIGHT = "see figures of the whole council"
    SEE_RESULTS = "see what records and surveys say"
    OPEN_SURVEYS = "open or close a survey"
    READ_WORDS = "read what people wrote in a survey"
    SET_TARGETS = "set or end a target"
    PUBLISH = "publish the local account"
    ANSWER_THEMES = "answer how budgets are managed, or keep the risk register"
    # who signs in
    ADMINISTER = "change who signs in"
    # the machinery
    SEE_JOBS = "see everybody’s jobs"


_CASEWORK = frozenset({Role.ASSESSOR, Role.MANAGER})
_JUST_FINANCE = frozenset({Role.FINANCE})
_FINANCE = _JUST_FINANCE | {Role.FINANCE_MANAGER}
_JUST_ANALYST = frozenset({Role.ANALYST})
_ANALYSIS = frozenset({Role.ANALYST, Role.ADMINISTRATOR})
_IN_SUMS = frozenset({Role.COMMISSIONER, Role.DIRECTOR})

WHO_CAN: Mapping[Capability, frozenset[Role]] = {
    Capability.WORK_FOR_COUNCIL: _CASEWORK | _ANALYSIS | _FINANCE | _IN_SUMS,
    Capability.FOLLOW_CASES: _CASEWORK | _FINANCE | {Role.PERSON},
    Capability.SEE_RECORDS: _CASEWORK | _FINANCE,
    Capability.SEE_WHO_LOOKED: frozenset({Role.PERSON, Role.MANAGER}),
    Capability.WORK_ON_CASES: _CASEWORK,
    Capability.HOLD_CASES: frozenset({Role.ASSESSOR}),
    Capability.LEAD_TEAM: frozenset({Role.MANAGER}),
    Capability.SEE_WAITS: _FINANCE | {Role.MANAGER, Role.DIRECTOR},
    Capability.SEE_COUNCIL: frozenset({Role.DIRECTOR}),
    Capability.SIGN_OFF: frozenset({Role.MANAGER}),
    Capability.WRITE_PLANS: _CASEWORK | {Role.PERSON},
    Capability.TAKE_PART: frozenset({Role.PERSON}),
    Capability.WRITE_OWN_WORDS: frozenset({Role.PERSON}),
    Capability.CHECK_MEANS: _JUST_FINANCE,
    Capability.START_BUDGETS: _JUST_FINANCE,
    Capability.KEEP_BANK_DETAILS: _JUST_FINANCE,
    Capability.PAY: _FINANCE,
    Capability.APPROVE_LARGE_RUNS: frozenset({Role.FINANCE_MANAGER}),
    Capability.SAY_WHO_PAYS: _JUST_FINANCE,
    Capability.CONFIRM_RECEIPTS: _JUST_FINANCE,
    Capability.SEE_DISPUTES: _FINANCE | {Role.MANAGER},
    Capability.KEEP_DISPUTES: _JUST_FINANCE,
    Capability.SEE_FUNDERS: _FINANCE | {Role.DIRECTOR},
    Capability.SEE_POOLS: _FINANCE | {Role.DIRECTOR},
    Capability.UNTANGLE_POOLS: _FINANCE,
    Capability.KEEP_POOLS: _JUST_FINANCE,
    Capability.SETTLE_INVOICES: _JUST_FINANCE,
    Capability.SEE_BANK: _FINANCE,
    Capability.RECONCILE: _JUST_FINANCE,
    Capability.SEE_RECOVERIES: _FINANCE,
    Capability.KEEP_RECOVERIES: _JUST_FINANCE,
    Capability.APPROVE_RECOVERIES: frozenset({Role.FINANCE_MANAGER}),
    Capability.MONITOR: _FINANCE,
    Capability.SET_LEVEL: _CASEWORK | _FINANCE,
    Capability.SEE_WHO_IS_FLAGGED: _FINANCE | _JUST_ANALYST | {Role.MANAGER, Role.DIRECTOR},
    Capability.SEE_BOOKS: _FINANCE | _JUST_ANALYST | {Role.DIRECTOR},
    Capability.KEEP_BOOKS: _FINANCE,
    Capability.SEE_CHANGES: _FINANCE | _JUST_ANALYST | _IN_SUMS,
    Capability.SEE_CHANGED_CASES: _FINANCE,
    Capability.LIST_SERVICES: frozenset({Role.ASSESSOR, Role.COMMISSIONER, Role.ADMINISTRATOR}),
    Capability.IMPORT_LISTINGS: frozenset({Role.COMMISSIONER, Role.ADMINISTRATOR}),
    Capability.ANALYSE: _ANALYSIS,
    Capability.ENTER_INSIGHT: _ANALYSIS | _FINANCE | _IN_SUMS,
    Capability.SEE_RESULTS: _ANALYSIS | _IN_SUMS,
    Capability.OPEN_SURVEYS: _ANALYSIS,
    Capability.READ_WORDS: _JUST_ANALYST,
    Capability.SET_TARGETS: _JUST_ANALYST,
    Capability.PUBLISH: _JUST_ANALYST,
    Capability.ANSWER_THEMES: _JUST_ANALYST | {Role.COMMISSIONER, Role.FINANCE_MANAGER},
    Capability.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Capability.SEE_JOBS: frozenset({Role.ADMINISTRATOR}),
}

_STAFF_ROLES = WHO_CAN[Capability.WORK_FOR_COUNCIL]
_MOVES_MONEY = "Whoever decides that money is spent never also pays it out."
_GIVES_ROLES = "Whoever says who signs in as what never also decides, buys or pays."
_SPEAKS_FOR_SELF = "People, supporters and providers have a sign-in of their own, never a member of staff’s."

APART: Mapping[frozenset[Role], str] = {
    **{
        frozenset({mover, other}): _MOVES_MONEY
        for mover in (Role.FINANCE, Role.FINANCE_MANAGER)
        for other in (Role.ASSESSOR, Role.MANAGER, Role.COMMISSIONER)
    },
    **{
        frozenset({Role.ADMINISTRATOR, other}): _GIVES_ROLES
        for other in (Role.ASSESSOR, Role.MANAGER, Role.FINANCE, Role.FINANCE_MANAGER, Role.COMMISSIONER)
    },
    **{
        frozenset({one, staff}): _SPEAKS_FOR_SELF
        for one in (Role.PERSON, Role.PROVIDER)
        for staff in Role
        if staff in _STAFF_ROLES
    },
    frozenset({Role.PERSON, Role.PROVIDER}): _SPEAKS_FOR_SELF,
}
"""The pairs of roles that one user never holds together, each with the reason, as the user is told.

Source: the Accounts and Audit Regulations 2015 (SI 2015/234), reg. 4(4)(b), ask every council to divide the duties of
officers who deal with money; that no user both grants access and transacts is what auditors test for first (ISO/IEC
27001:2022, control 5.3). See docs/decisions/0019.
"""


WEIGHTY = frozenset(
    {
        Capability.CHECK_MEANS,
        Capability.START_BUDGETS,
        Capability.KEEP_BANK_DETAILS,
        Capability.PAY,
        Capability.APPROVE_LARGE_RUNS,
        Capability.SIGN_OFF,
        Capability.LEAD_TEAM,
        Capability.ADMINISTER,
    }
)
"""What nobody is given on one administrator's word: to decide on money, to move it, to lead, to say who signs in.

Another administrator approves it first. See docs/decisions/0027.
"""


def capabilities_of(roles: Iterable[str]) -> frozenset[Capability]:
    """All that these roles together let a user do."""
    held = set(roles)
    return frozenset(capability for capability, able in WHO_CAN.items() if held & able)


def why_apart(roles: Iterable[str]) -> str:
    """Why nobody may hold these roles together, naming the pair; empty where they may be held together."""
    for pair in combinations([role for role in Role if role in set(roles)], 2):
        if reason := APART.get(frozenset(pair)):
            first, second = (role.label for role in pair)
            return f"“{first}” and “{second}” do not go together. {reason}"
    return ""


def in_words(roles: Iterable[str]) -> str:
    """Roles as a reader says them: “Team manager and analyst”."""
    labels = [role.label for role in Role if role in set(roles)]
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if labels[1:] else labels).capitalize()
