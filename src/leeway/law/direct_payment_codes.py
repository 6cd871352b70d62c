"""The words of the direct payment rules: conditions, court orders, who is whose relative, whom to consult.

Sources: Care Act 2014 ss31, 32 and 76; SI 2014/2871 regs 2, 3 and 5, and Sch. 1.
"""

from dataclasses import dataclass

from leeway.law.outcome import Choice

UNKNOWN = "unknown"
NOT_BARRED = "not_barred"
DETAINED_URL = "https://www.legislation.gov.uk/ukpga/2014/23/section/76"
REG_5 = "SI 2014/2871, reg. 5"
REG_5_URL = "https://www.legislation.gov.uk/uksi/2014/2871/regulation/5"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a direct payment: what it asks, and what would change a “no”."""

    code: str
    label: str
    change: str
    source: str = ""
    url: str = ""


_NOT_BARRED = Condition(
    NOT_BARRED,
    "The person is not under a court order that bars direct payments",
    "The bar lasts as long as the order does. The council meets the needs in another way meanwhile.",
)
_APPROPRIATE = Condition(
    "appropriate",
    "A direct payment is an appropriate way to meet the needs",
    "Say which needs, and why; a direct payment for part of the budget may still be appropriate.",
)
SECTION_31: tuple[Condition, ...] = (
    Condition(
        "has_capacity",
        "The person has capacity to ask for a direct payment",
        "If the person lacks capacity for this decision, an authorised person may ask under section 32.",
    ),
    Condition(
        "nominee_agrees",
        "The person nominated to receive the payment agrees to",
        "The person can nominate somebody who agrees, or nobody.",
    ),
    _NOT_BARRED,
    Condition(
        "can_manage",
        "The person, or the one nominated, can manage the payment, alone or with help",
        "Help can make the difference: a managed account, payroll, a support service, or nominating somebody.",
    ),
    _APPROPRIATE,
)
SECTION_32: tuple[Condition, ...] = (
    Condition(
        "lacks_capacity",
        "The person lacks capacity to ask for a direct payment",
        "A person with capacity asks for themselves, under section 31, and may nominate somebody.",
    ),
    Condition(
        "requester_authorised",
        "The one asking is authorised under the Mental Capacity Act to decide about care, or those who are agree",
        "A deputy or attorney for care decisions must ask, or agree with the council that this person is suitable. "
        "Where there is none, the council must itself find this person suitable.",
    ),
    _NOT_BARRED,
    Condition(
        "best_interests",
        "The authorised person will act in the person’s best interests",
        "Somebody else may be suitable as the authorised person.",
    ),
    Condition(
        "can_manage",
        "The authorised person can manage the payment, alone or with help",
        "Help can make the difference: a managed account, payroll, or a support service.",
    ),
    _APPROPRIATE,
)
CONDITIONS: dict[str, tuple[Condition, ...]] = {"section_31": SECTION_31, "section_32": SECTION_32}

NOT_DETAINED = Condition(
    "not_detained",
    "The person is not, having been convicted, in prison or in approved premises",
    "This lasts as long as the stay does. The council meets the needs in another way meanwhile.",
    source="Care Act 2014 s76",
    url=DETAINED_URL,
)
#: Where somebody who was convicted has no direct payment; and where it is not known yet whether they were.
DETAINED_IN = ("prison", "approved_premises")
PERHAPS_DETAINED_IN = ("prison_not_known",)

CONSULTATION = Condition(
    "consulted",
    "The council asked those whom it must ask about a direct payment to the authorised person",
    "Ask them, or record that there is nobody or why they could not be asked; then decide.",
    source=REG_5,
    url=REG_5_URL,
)
RECORD_CHECK = Condition(
    "record_checked",
    "A criminal record check raises no concern about the authorised person, where the law asks for one",
    "A certificate that raises no concern, or somebody else as the authorised person, would change this.",
    source=REG_5,
    url=REG_5_URL,
)
#: Whose views the council takes into account before it pays an authorised person.
CONSULTED: tuple[Choice, ...] = (
    Choice("own_wishes", "The person’s own wishes, feelings, beliefs and values, now and in the past"),
    Choice("named", "Anyone whom the person named as somebody to ask about this"),
    Choice("cares", "Anyone who cares for the person, or has an interest in their welfare"),
    Choice("mca", "Any attorney or deputy, or other person with authority under the Mental Capacity Act"),
)
HEARD: tuple[Choice, ...] = (
    Choice("heard", "Asked, and taken into account"),
    Choice("nobody", "There is nobody, or nothing could be found out"),
    Choice("not_practicable", "Could not be asked, or it would not have been right to ask"),
    Choice(UNKNOWN, "Not asked yet"),
)
#: Who the authorised person is: a check is asked only of somebody who is neither family nor a friend who cares.
AUTHORISED_IS: tuple[Choice, ...] = (
    Choice("family", "Husband, wife, partner or close family"),
    Choice("friend", "A friend who is involved in the person’s care"),
    Choice("other", "Somebody else: a solicitor, an organisation, somebody who is not involved in the care"),
    Choice(UNKNOWN, "Not known yet"),
)

#: Court orders that bar a direct payment: SI 2014/2871, Sch. 1, a row for each kind of order that it names.
BARRED_ORDERS: tuple[Choice, ...] = (
    Choice("drug_rehabilitation", "Drug rehabilitation requirement of a community or suspended sentence order"),
    Choice("alcohol_treatment", "Alcohol treatment requirement of a community or suspended sentence order"),
    Choice("release_on_licence", "Released on licence, to work on behaviour that has to do with drugs or alcohol"),
    Choice("community_rehabilitation", "Treatment under a community (punishment and) rehabilitation order"),
    Choice("drug_treatment_and_testing", "Drug treatment and testing order"),
    Choice("youth_drug_treatment", "Youth rehabilitation order with a drug treatment requirement"),
    Choice("youth_drug_testing", "Youth rehabilitation order with a drug testing requirement"),
    Choice("youth_intoxicating", "Youth rehabilitation order with an intoxicating substance treatment requirement"),
    Choice("scottish_probation", "Scotland: treatment under a probation order or community payback order"),
    Choice("scottish_drug_treatment", "Scotland: drug treatment and testing order"),
    Choice("scottish_licence", "Scotland: released on licence, to be treated for drugs or alcohol"),
)

RELATIONSHIPS: tuple[Choice, ...] = (
    Choice("spouse_or_civil_partner", "Husband, wife or civil partner"),
    Choice("living_as_partner", "Lives with the person as husband, wife or civil partner"),
    Choice("parent", "Parent or parent-in-law"),
    Choice("child", "Son, daughter, or son- or daughter-in-law"),
    Choice("step_child", "Stepson or stepdaughter"),
    Choice("sibling", "Brother or sister"),
    Choice("aunt_or_uncle", "Aunt or uncle"),
    Choice("grandparent", "Grandparent"),
    Choice("partner_of_relative", "Husband, wife or partner of one of these (a step-parent, for example)"),
    Choice("other_relative", "Another relative"),
    Choice("friend_or_neighbour", "Friend or neighbour"),
    Choice("not_related", "Not related"),
)
PARTNERS = frozenset(("spouse_or_civil_partner", "living_as_partner"))
CLOSE_RELATIVES = frozenset(
    ("parent", "child", "step_child", "sibling", "aunt_or_uncle", "grandparent", "partner_of_relative")
)
#: What the council may find it necessary to pay close family for (reg. 3(2)): it considers it, and says why.
NECESSARY_FOR: tuple[Choice, ...] = (
    Choice("care", "To meet the person’s care needs"),
    Choice("administration", "To help manage the direct payment: to keep the law with it, or to keep its accounts"),
    Choice("nothing", "For nothing: it has considered it, and does not find it necessary"),
)
