"""The words of the eligibility tests: outcomes, what “unable” means, wellbeing, and the bands before 2015.

Sources: SI 2015/313 regs 2 and 3; Care Act 2014 s1(2); Prioritising Need (Department of Health, February 2010).
"""

from dataclasses import dataclass

from leeway.law.outcome import Choice

ADULT_OUTCOMES: tuple[Choice, ...] = (
    Choice("nutrition", "Eating and drinking", "Getting, preparing and eating enough of the right food and drink."),
    Choice("hygiene", "Personal hygiene", "Washing yourself and your clothes."),
    Choice("toilet", "Managing toilet needs", "Getting to and using the toilet, and managing continence."),
    Choice("clothing", "Being dressed properly", "Dressing, and being dressed for the weather and the day."),
    Choice("home_safety", "Using your home safely", "Moving around, and using kitchen, bathroom, steps and door."),
    Choice("habitable_home", "Keeping your home fit to live in", "Cleanliness, safety, and paying for the essentials."),
    Choice("relationships", "Family and other personal relationships", "Making and keeping them, and not being alone."),
    Choice("work_education", "Work, training, education or volunteering", "Getting into it and staying in it."),
    Choice("community", "Using services in the community", "Getting out, public transport, shops, leisure."),
    Choice("parenting", "Caring for a child", "Doing what you need to do as a parent or carer of a child."),
)

CARER_OUTCOMES: tuple[Choice, ...] = (
    Choice("caring_for_child", "Caring for a child", "Any child whom you have responsibility for."),
    Choice("caring_for_others", "Caring for other people", "Anyone else whom you care for."),
    Choice(
        "habitable_home",
        "Keeping your own home fit to live in",
        "Your own home, whether or not the person you care for lives there too.",
    ),
    Choice("nutrition", "Eating and drinking", "Having time to shop, cook and eat properly yourself."),
    Choice("relationships", "Family and other personal relationships", "Keeping up with family and friends."),
    Choice("work_education", "Work, training, education or volunteering", "Getting into it and staying in it."),
    Choice("community", "Using services in the community", "Getting to what you need near you, health included."),
    Choice("recreation", "Time for yourself", "Leisure, exercise, a hobby, a rest."),
)

#: The four paragraphs of regulation 2(3), in its order.
UNABLE_REASONS: tuple[Choice, ...] = (
    Choice("cannot", "Cannot do it without help", "This includes needing to be prompted."),
    Choice("pain_distress_anxiety", "Can do it without help, but with significant pain, distress or anxiety"),
    Choice(
        "endangers",
        "Can do it without help, but that endangers someone’s health or safety, or is likely to",
        "The person’s own or another’s.",
    ),
    Choice(
        "takes_much_longer",
        "Can do it without help, but it takes significantly longer than would normally be expected",
    ),
)

#: The three paragraphs of regulation 3(3): for a carer it does not count “takes significantly longer”.
CARER_UNABLE_REASONS: tuple[Choice, ...] = UNABLE_REASONS[:3]

WELLBEING_AREAS: tuple[Choice, ...] = (
    Choice("dignity", "Personal dignity", "Being treated with respect."),
    Choice("health", "Physical and mental health and emotional wellbeing"),
    Choice("protection", "Protection from abuse and neglect"),
    Choice("control", "Control over day-to-day life", "Over care and support, and how it is given."),
    Choice("work_leisure", "Work, education, training or recreation"),
    Choice("social_economic", "Social and economic wellbeing"),
    Choice("relationships", "Domestic, family and personal relationships"),
    Choice("accommodation", "A suitable place to live"),
    Choice("contribution", "The person’s contribution to society"),
)

FUNDING: tuple[Choice, ...] = (
    Choice("section_117", "Section 117 after-care", "Free, and owed by the council and the NHS together."),
    Choice("nhs_continuing_healthcare", "NHS continuing healthcare", "Arranged and paid for by the NHS."),
)

FACS_BANDS: tuple[Choice, ...] = (
    Choice("low", "Low", "One or two routines, roles or parts of life cannot be kept up."),
    Choice("moderate", "Moderate", "Several routines, roles or parts of life cannot be kept up."),
    Choice("substantial", "Substantial", "The majority of routines, or abuse or neglect, or only partial control."),
    Choice("critical", "Critical", "Life or health in danger, serious abuse, or vital parts of life lost."),
)

FACS_DIMENSIONS: tuple[Choice, ...] = (
    Choice("autonomy", "Autonomy and choice"),
    Choice("health_safety", "Health and safety"),
    Choice("routines", "Managing personal and daily routines"),
    Choice("involvement", "Involvement in family and community life"),
)


@dataclass(frozen=True, slots=True)
class Risk:
    """One row of the bands: a risk to independence, the part of life that it touches, and how serious it is."""

    code: str
    band: str
    dimension: str
    label: str


FACS_RISKS: tuple[Risk, ...] = (
    Risk("critical_life", "critical", "health_safety", "Life is, or will be, threatened"),
    Risk("critical_health", "critical", "health_safety", "Significant health problems have developed or will develop"),
    Risk("critical_control", "critical", "autonomy", "Little or no choice and control over vital aspects of life"),
    Risk("critical_abuse", "critical", "health_safety", "Serious abuse or neglect has occurred or will occur"),
    Risk("critical_routines", "critical", "routines", "Vital personal care or domestic routines cannot be done"),
    Risk("critical_work", "critical", "involvement", "Vital involvement in work or education cannot be kept up"),
    Risk("critical_social", "critical", "involvement", "Vital social support cannot be kept up"),
    Risk("critical_roles", "critical", "involvement", "Vital family or other social roles cannot be taken on"),
    Risk("substantial_control", "substantial", "autonomy", "Only partial choice and control over life"),
    Risk("substantial_abuse", "substantial", "health_safety", "Abuse or neglect has occurred or will occur"),
    Risk(
        "substantial_routines",
        "substantial",
        "routines",
        "Most personal or domestic routines cannot be done",
    ),
    Risk("substantial_work", "substantial", "involvement", "Many aspects of work or education cannot be kept up"),
    Risk("substantial_social", "substantial", "involvement", "Most social supports cannot be kept up"),
    Risk("substantial_roles", "substantial", "involvement", "Most family and social roles cannot be taken on"),
    Risk("moderate_routines", "moderate", "routines", "Several personal or domestic routines cannot be done"),
    Risk("moderate_work", "moderate", "involvement", "Several aspects of work or education cannot be kept up"),
    Risk("moderate_social", "moderate", "involvement", "Several social supports cannot be kept up"),
    Risk("moderate_roles", "moderate", "involvement", "Several family and social roles cannot be taken on"),
    Risk("low_routines", "low", "routines", "One or two personal or domestic routines cannot be done"),
    Risk("low_work", "low", "involvement", "One or two aspects of work or education cannot be kept up"),
    Risk("low_social", "low", "involvement", "One or two social supports cannot be kept up"),
    Risk("low_roles", "low", "involvement", "One or two family and social roles cannot be taken on"),
)
