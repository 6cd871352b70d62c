"""Stories worth opening: written by hand, each in its own words, and played through the same actions."""

from dataclasses import replace
from datetime import date, timedelta

from leeway.care.people.states import Stage
from leeway.site.demo.changes import died, ended, in_hospital, switching
from leeway.site.demo.crowd import middling_answers
from leeway.site.demo.facts import (
    CANNOT,
    NO_NEED,
    OF_A_COUPLE,
    PAINFUL,
    PENSIONER,
    WORKING_AGE,
    means,
    person,
)
from leeway.site.demo.script import Answer, Around, Challenge, Help, Line, Script


def ada(today: date) -> Script:
    """A young disabled woman who employs her own assistants."""
    return Script(
        story="A young disabled woman who employs her own assistants",
        login="ada@fairbourne.example",
        details=person(
            "Ada", "Bell", date(1998, 3, 14), "9990000018", gender="Female", email="ada@home.example", hears_by="email"
        ),
        opened_on=today - timedelta(days=420),
        until=Stage.ACTIVE,
        request_route="Planned Entry (Transition)",
        request_words="I am moving into my own flat and I want to run my own life.",
        reason="Physical Support: Personal care support",
        what_matters="Choosing who helps me, and being able to say yes when my friends ring on a Friday.",
        good_day="Up at seven, at college by nine, out with friends, and to bed when I decide.",
        outcomes={
            "hygiene": Help(CANNOT, "I can’t transfer on my own.", "Needs one person and a hoist for every transfer."),
            "clothing": Help(CANNOT, "I need hands for everything.", "Needs full help to dress."),
            "toilet": Help(CANNOT, "I need someone there.", "Needs help for each use of the toilet."),
            "nutrition": Help(CANNOT, "I choose, someone cooks.", "Cannot prepare food or cut it up."),
            "work_education": Help(CANNOT, "I am studying design.", "Needs support at college throughout the day."),
            "community": Help(CANNOT, "I go everywhere, with someone.", "Needs one person whenever she leaves home."),
            "habitable_home": Help(CANNOT, "I say what needs doing.", "Cannot clean, lift or reach."),
        },
        answers=NO_NEED
        | {"personal_care": "often", "meals": "eating", "home": "everything", "nights": "on_call"}
        | {"work": "all_the_time", "relationships": "always", "wellbeing": "now_and_then"},
        means=WORKING_AGE | {"household": {"household": "single", "dependent_children": 0, "premiums": ["disability"]}},
        aims=(("Finish my design course", "I hand in every project."), ("Go out when I want", "I say when.")),
        lines=(
            Line("Personal assistants", "personal_assistant", 640_00, "direct_payment"),
            Line("Payroll, insurance and holiday cover", "payroll", 40_00, "direct_payment"),
        ),
        way="direct_payment",
        choice_words="I want to choose my own people. I interviewed three and I know who I want.",
        independent_advice="Fairbourne Centre for Independent Living",
        around=(
            Around("Tom Bell", "sibling", login="tom@fairbourne.example"),
            Around("June Bell", "parent"),
        ),
        author="person",
        contingency="Two assistants cover for each other; after that I ring the Centre for Independent Living.",
        risks="I go swimming. My assistants are trained for it, and I would rather go than not.",
        review_words=("I finished the first year. Best thing I ever did.", "The team of assistants is stable."),
        receipt=("Taxi to college and back", "Fairbourne Cars", "Wheelchair taxi, return", "£18.40", "Paid by card"),
    )


def dementia(today: date) -> Script:
    """An older woman with dementia, whose daughter is her authorised person."""
    return replace(
        ada(today),
        story="An older woman with dementia, whose daughter is her authorised person",
        login="",
        details=person(
            "Edith", "Marlowe", date(1941, 6, 2), "9990000026", gender="Female", communication_needs=["more_time"]
        ),
        opened_on=today - timedelta(days=300),
        request_route="Community / Other route",
        request_words="Mum forgets to eat and she was found in the street. She wants to stay at home.",
        reason="Support with Memory & Cognition",
        what_matters="My own kettle, my own bed, the cat, and hymns on a Sunday.",
        good_day="A walk to the sea wall with someone who knows the way home.",
        outcomes={
            "nutrition": Help(
                CANNOT,
                "I have had my dinner, I think.",
                "Forgets meals; has lost eight kilos.",
                "Her daughter Ruth cooks on Saturdays and Sundays, and shops.",
            ),
            "home_safety": Help(("endangers",), "I know this house.", "Leaves the gas on, and goes out at night."),
            "hygiene": Help(CANNOT, "I wash when I like.", "Needs prompting and one person to help."),
            "community": Help(
                ("endangers",), "I know the way.", "Loses her way and steps into the road.", "Ruth, on Sundays."
            ),
        },
        needs={
            "community": Answer("I take her to chapel every Sunday, and I want to go on.", "Ruth Marlowe, daughter")
        },
        answers=NO_NEED
        | {"personal_care": "every_day", "meals": "every_meal", "home": "most", "decisions": "every_decision"}
        | {"safety": "nearby", "relationships": "every_week", "wellbeing": "every_day"},
        help_given={"meals": "some", "home": "most", "relationships": "some"},
        helpers_words="Ruth cooks at weekends, shops, and takes her mother out on Sundays. She was asked alone, and "
        "wants to go on; she cannot do nights or mornings.",
        means=PENSIONER,
        aims=(("Stay in my own home with the cat", "She is still at home, safe, and not frightened."),),
        lines=(
            Line("The same assistant each morning and evening", "personal_assistant", 320_00, "direct_payment"),
            Line("Payroll and insurance", "payroll", 20_00, "direct_payment"),
        ),
        choice_words="Mum knows Grace and is calm with her. An agency would send strangers. (Ruth Marlowe)",
        around=(
            Around(
                "Ruth Marlowe",
                "child",
                "authorised",
                "No attorney or deputy. Found suitable after talking with the family; identity seen.",
            ),
        ),
        cannot_decide=("direct_payment",),
        decided_by="Ruth Marlowe",
        author="family",
        contingency="Ruth comes, or the night sitters of the memory clinic; their number is on the fridge.",
        risks="She walks to the sea wall. She carries a card with Ruth’s number, and neighbours know.",
        review_words=("Grace is lovely. We sing.", "Weight is back up; no more night walks."),
    )


def after_care(today: date) -> Script:
    """After-care under section 117 is free, and paid by council and NHS together; help at home beside it is charged."""
    return replace(
        dementia(today),
        story="After-care under section 117, free of charge, with ordinary help at home beside it",
        details=person(
            "Kofi",
            "Mensah",
            date(1985, 11, 20),
            "9990000034",
            gender="Male",
            ethnicity="African",
            phone="07700 900982",
            hears_by="text",
        ),
        opened_on=today - timedelta(days=200),
        request_route="Discharge from Hospital",
        request_words="I’m coming off the ward. I don’t want to go back.",
        reason="Mental Health Support",
        what_matters="Being trusted. My music. My mum not worrying.",
        good_day="Sleeping at night and making beats in the day.",
        outcomes={
            "habitable_home": Help(CANNOT, "I let things go when I’m low.", "Neglects home and bills when unwell."),
            "relationships": Help(PAINFUL, "People are hard.", "Severe anxiety with others; isolates."),
            "work_education": Help(PAINFUL, "I want to teach music.", "Cannot start without support."),
        },
        needs={},
        answers=NO_NEED
        | {"home": "most", "wellbeing": "most_of_the_time", "relationships": "every_week", "work": "some_of_the_time"}
        | {"decisions": "most_decisions", "safety": "checks"},
        help_given={},
        helpers_words="",
        explained={
            "safety": "At home and outside he is safe by himself. A call on bad days was asked for after the ward, and "
            "the nurse makes it."
        },
        aims=(("Teach music to young people", "I run one session a week."),),
        means=WORKING_AGE,
        lines=(
            Line("Support worker who knows music", "supported_living", 260_00, "service_fund", 50, "section_117"),
            Line("Help to keep the flat in order", "home_care", 90_00, "service_fund"),
        ),
        way="service_fund",
        choice_words="They get me, and I can bank hours for a bad week.",
        why_not_direct_payment="paperwork",
        around=(Around("Abena Mensah", "parent"),),
        cannot_decide=(),
        decided_by="",
        funding="section_117",
        ups_and_downs="Well for two or three months, then three or four weeks when he does not leave his room.",
        weeks_looked_at=52,
        author="person_with_help",
        contingency="The crisis line first, then Abena, who has a key.",
        risks="",
        review_words=("I did a session at the youth club.", "Sleeping, and no crisis calls since spring."),
    )


def carer(today: date) -> Script:
    """A carer in her own right, with a budget of her own."""
    return replace(
        ada(today),
        story="A carer in her own right, with a budget of her own",
        login="",
        details=person("Pat", "Hughes", date(1958, 1, 9), "9990000042", gender="Female"),
        kind="carer",
        cared_for=person("Len", "Hughes", date(1954, 8, 30), "9990000050", gender="Male"),
        opened_on=today - timedelta(days=150),
        request_route="Community / Other route",
        request_words="I love him. I am also exhausted.",
        reason="Social Support: Support to Carer",
        what_matters="One evening a week that is mine.",
        good_day="Choir, and coming home to find him settled.",
        outcomes={"recreation": Help(CANNOT, "I gave up choir.", "Cannot leave him for more than an hour.")},
        answers=middling_answers("carer", today) | {"work_family": "not_at_all"},
        means=PENSIONER,
        aims=(("Go back to choir", "I go three weeks out of four."),),
        lines=(
            Line("Sitter on choir nights, and the subscription", "community", 35_00, "direct_payment"),
            Line("Sitter’s first-aid course", "course", 0, "direct_payment", once_pence=85_00),
        ),
        choice_words="I just need to be able to pay the girl next door to sit with him.",
        around=(),
        author="person",
        risks="",
        contingency="My sister comes if the sitter can’t.",
        review_words=("I sang at Easter.", "Looks rested; wants to carry on."),
    )


def joint(today: date) -> Script:
    """A joint package: the NHS and the council each pay a stated share of each line."""
    return replace(
        after_care(today),
        story="A joint package: the NHS and the council each pay a stated share of each line",
        details=person("Rani", "Shah", date(1979, 2, 17), "9990000069", gender="Female", ethnicity="Indian"),
        opened_on=today - timedelta(days=260),
        request_words="My condition has moved on and I need more than one kind of help.",
        reason="Physical Support: Personal care support",
        what_matters="Being at home with my boys, and breathing easily.",
        good_day="Breakfast with my sons before school.",
        outcomes={
            "hygiene": Help(CANNOT, "Two of you, or I don’t trust the hoist.", "Needs two people for each transfer."),
            "clothing": Help(CANNOT, "My arms went last winter.", "Is dressed in bed by two, with breaks for breath."),
            "toilet": Help(CANNOT, "I will not talk about that in front of the boys.", "Needs two people each time."),
            "nutrition": Help(CANNOT, "Soft food, and somebody watching.", "Is fed; swallowing is checked each month."),
            "work_education": Help(CANNOT, "I do the books of the shop from bed.", "Needs her papers held and turned."),
            "community": Help(CANNOT, "The temple, once a month.", "Goes out with the ventilator and two people."),
            "habitable_home": Help(CANNOT, "Vik does what he can after work.", "Cannot do anything in the house."),
        },
        answers=ada(today).answers | {"safety": "nearby"},
        explained={
            "safety": "Somebody is in the next room by day as the breathing mask slips; the boys are at school."
        },
        ups_and_downs="",
        weeks_looked_at=None,
        contingency="Vik stays at home that day, and the ventilation nurse is told.",
        review_words=("I have not missed one breakfast.", "No admission to hospital since the night support began."),
        means=OF_A_COUPLE,
        aims=(("Breakfast with my boys every school day", "I am up and ready by half past seven."),),
        lines=(
            Line("Personal assistants, with breathing care", "personal_assistant", 800_00, "direct_payment", 60),
            Line(
                "Rotas and accounts, kept by Vik",
                "",
                20_00,
                "direct_payment",
                relationship="living_as_partner",
                same_household=True,
                necessary_for="administration",
                necessary="Four assistants change their hours each week, and no payroll service can keep up with that.",
            ),
            Line("Night support", "home_care", 360_00, "council_managed", 40),
        ),
        way="mixed",
        choice_words="My own people by day. At night I want someone else to find the cover.",
        why_not_direct_payment="",
        around=(Around("Vik Shah", "partner", same_household=True),),
        funding="",
    )


def crossing(today: date) -> Script:
    """A self-funder whose savings have come down to the limit."""
    return replace(
        carer(today),
        story="A self-funder whose savings have come down to the limit",
        kind="adult",
        cared_for=None,
        details=person("Harold", "Finch", date(1936, 4, 4), "9990000077", gender="Male"),
        opened_on=today - timedelta(days=70),
        request_route="Self-Funder",
        request_words="I have paid for my own help for three years. My savings are nearly at the line.",
        reason="Physical Support: Personal care support",
        what_matters="Not being a burden, and the cricket.",
        good_day="Dressed by nine, the paper, the cricket.",
        outcomes={
            "hygiene": Help(CANNOT, "I can’t get in the shower alone.", "Needs one person each morning."),
            "clothing": Help(("takes_much_longer",), "An hour for my socks.", "Takes over an hour, with pain."),
            "nutrition": Help(PAINFUL, "Toast does me.", "Cannot stand to cook without pain."),
        },
        answers=NO_NEED | {"personal_care": "every_day", "meals": "preparing", "home": "some"},
        means=means(("state_pension", 241_30), ("attendance_allowance", 76_70), savings=23_250_00, qualifying=241_30),
        aims=(("Stay in my own home", "I am still here at Christmas."),),
        lines=(Line("Help each morning from the agency I know", "home_care", 190_00, "council_managed"),),
        way="council_managed",
        choice_words="The same agency as now, please, but let someone else do the paperwork.",
        why_not_direct_payment="happy_now",
        independent_advice="Age Friends Fairbourne",
        author="person_with_help",
        contingency="The agency has an on-call number. If it fails, my neighbour Bill can do breakfast.",
        review_words=(
            "Same faces, and somebody else does the sums.",
            "Mornings are safe; his savings stay at the line.",
        ),
    )


CARRIED_ON = (Line("Home care as commissioned", "home_care", 190_00, "council_managed"),)


def relabelled(today: date) -> Script:
    """A managed budget that is the old service under a new name."""
    return replace(
        crossing(today),
        story="A managed budget that is the old service under a new name",
        details=person("Joan", "Tate", date(1944, 9, 12), "9990000085", gender="Female"),
        opened_on=today - timedelta(days=380),
        request_route="Community / Other route",
        request_words="They said I have to be assessed again.",
        what_matters="Not said.",
        good_day="Not said.",
        outcomes={
            "hygiene": Help(CANNOT, "They do that.", "Personal care needs met by current package."),
            "clothing": Help(CANNOT, "They do that too.", "Dressing needs met by current package."),
            "nutrition": Help(CANNOT, "It comes on a tray.", "Nutritional needs met by current package."),
        },
        means=PENSIONER,
        aims=(("Maintain personal care", "Care plan followed."),),
        lines=CARRIED_ON,
        had_before=CARRIED_ON,
        contingency="As per agency policy.",
        choice_words="Carry on as before.",
        independent_advice="",
        why_not_told="The amount was to follow in another letter, once the panel had met.",
        author="worker",
        review_words=("It’s all right.", "Service continues as before."),
    )


def deafblind(today: date) -> Script:
    """Someone who needs a deafblind interpreter, whose plan waits for a manager."""
    return replace(
        crossing(today),
        story="Someone who needs a deafblind interpreter, whose plan waits for a manager",
        details=person(
            "Iris",
            "Novak",
            date(1969, 12, 1),
            "9990000093",
            gender="Female",
            communication_needs=["deafblind", "braille"],
        ),
        opened_on=today - timedelta(days=30),
        until=Stage.SIGN_OFF,
        request_route="Community / Other route",
        request_words="I want a guide who signs hands-on, not a carer.",
        reason="Sensory Support: Support for dual impairment",
        what_matters="Getting to my knitting group and to the sea.",
        good_day="A guide at ten, knitting at eleven, the sea after.",
        outcomes={
            "community": Help(CANNOT, "I need a guide.", "Cannot travel or take part without a communicator-guide."),
            "relationships": Help(CANNOT, "Nobody signs.", "No hands-on communication outside appointments."),
        },
        answers=NO_NEED | {"relationships": "always", "work": "all_the_time"},
        means=WORKING_AGE,
        aims=(("Go to the knitting group every week", "I am there on Tuesdays."),),
        lines=(
            Line("Communicator-guide", "personal_assistant", 230_00, "direct_payment"),
            Line("Braille display, to text the guide", "equipment", 0, "direct_payment", once_pence=900_00),
        ),
        way="direct_payment",
        choice_words="I know who signs well. I want to employ her.",
        why_not_direct_payment="",
        contingency="The deafblind association lends a guide; I text them.",
        review_words=("My hands are never idle on a Tuesday.", "Goes out four times a week where it was once."),
    )


def agreeing(today: date) -> Script:
    """A plan that waits for the person to agree."""
    return replace(
        deafblind(today),
        story="A plan that waits for the person to agree",
        details=person(
            "Liam",
            "Doyle",
            date(2001, 5, 5),
            "9990000107",
            gender="Male",
            communication_needs=["easy_read"],
            email="bounce.liam@home.example",
            hears_by="email",
        ),
        opened_on=today - timedelta(days=32),
        until=Stage.AGREEMENT,
        request_words="I want a job and my own front door.",
        reason="Learning Disability Support",
        what_matters="A job at the garden centre. Not being bossed.",
        good_day="Work, then pizza with Sam.",
        outcomes={
            "work_education": Help(CANNOT, "I need someone at first.", "Needs a job coach to start and stay in work."),
            "habitable_home": Help(CANNOT, "I can learn.", "Needs teaching and prompting with bills and cleaning."),
        },
        answers=NO_NEED | {"work": "some_of_the_time", "home": "most", "decisions": "most_decisions"},
        aims=(("Work at the garden centre", "I am paid for my work."),),
        lines=(Line("Job coach and help to run my flat", "supported_living", 210_00, "council_managed"),),
        way="council_managed",
        choice_words="They said that I am not safe with money. I want to learn.",
        why_not_direct_payment="too_risky",
        challenge=Challenge(
            "Nobody has ever shown him how, so nobody knows. He wants a managed account while he learns.",
            "The money group on Tuesdays, and his own bus fares on a prepaid card to begin with.",
        ),
        around=(Around("Sam Reed", "friend"),),
        contingency="I ring Sam. Then I ring the coach’s office.",
        review_words=("I got my first pay.", "Keeps his own diary now."),
    )


def assessing(today: date) -> Script:
    """An assessment under way, which the person is writing too."""
    return replace(
        agreeing(today),
        story="An assessment under way, which the person is writing too",
        details=person("Marcia", "Grant", date(1990, 10, 10), "9990000115", gender="Female", ethnicity="Caribbean"),
        opened_on=today - timedelta(days=12),
        until=Stage.ASSESSMENT,
        request_words="My MS is worse. I have a little girl.",
        reason="Physical Support: Personal care support",
        what_matters="Being Ella’s mum, not her patient.",
        good_day="The school run, slowly, together.",
        around=(),
    )


def refused(today: date) -> Script:
    """Needs that are not eligible: written reasons, advice, and how to disagree."""
    return replace(
        assessing(today),
        story="Needs that are not eligible: written reasons, advice, and how to disagree",
        details=person("Graham", "Pike", date(1962, 7, 21), "9990000123", gender="Male"),
        opened_on=today - timedelta(days=60),
        until=Stage.CLOSED,
        request_words="I could do with a hand with the garden.",
        what_matters="My garden.",
        good_day="Roses.",
        outcomes={"habitable_home": Help((), "It’s mostly the hedge.", "Keeps a good home; the hedge is beyond him.")},
        answers=NO_NEED,
    )


def waiting(today: date) -> Script:
    """A request that no worker has yet."""
    return replace(
        assessing(today),
        story="A request that no worker has yet",
        details=person("Doreen", "Castle", date(1948, 5, 30), "9990000131", gender="Female", language="Polish"),
        opened_on=today - timedelta(days=2),
        until=Stage.REQUEST,
        request_words="My husband did everything. He died in the summer.",
        reason="Physical Support: Access & mobility only",
    )


STORIES = [
    ada,
    dementia,
    after_care,
    carer,
    joint,
    crossing,
    relabelled,
    switching,
    in_hospital,
    ended,
    died,
    deafblind,
    agreeing,
    assessing,
    refused,
    waiting,
]


def stories(today: date) -> list[Script]:
    """The stories, in the order in which the demo names them."""
    return [story(today) for story in STORIES]
