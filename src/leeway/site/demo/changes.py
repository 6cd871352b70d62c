"""Stories of what changes once support has begun: a switch, a stay in hospital, an end, a death."""

from datetime import date, timedelta

from leeway.care.people.states import Stage
from leeway.site.demo.facts import CANNOT, NO_NEED, PAINFUL, PENSIONER, WORKING_AGE, WORKING_AGE_OF_PENSION, person
from leeway.site.demo.script import Around, Death, End, Help, Line, Script, Switch, Wait


def switching(today: date) -> Script:
    """Somebody who moved from a managed account to a direct payment, after a year of the council's."""
    opened = today - timedelta(days=430)
    return Script(
        story="Somebody who moved from a managed account to a direct payment when he was ready",
        details=person("Winston", "Clarke", date(1957, 2, 8), "9990000158", gender="Male", ethnicity="Caribbean"),
        opened_on=opened,
        until=Stage.ACTIVE,
        request_route="Discharge from Hospital",
        reason="Physical Support: Personal care support",
        request_words="The stroke took my left side. I was a bus driver, I don’t sit still.",
        what_matters="Dominoes on Thursday, and cooking my own rice.",
        good_day="Up, shaved and at the club by noon.",
        outcomes={
            "hygiene": Help(
                CANNOT, "One hand is no good in a bath.", "Washes the right side; needs one person to help."
            ),
            "clothing": Help(("takes_much_longer",), "Shoes are the devil.", "Dresses in forty minutes, and is spent."),
            "nutrition": Help(CANNOT, "I can stir. I can’t chop.", "Cannot lift a pan or open a tin with one hand."),
        },
        answers=NO_NEED | {"personal_care": "every_day", "meals": "preparing", "home": "some"},
        means=WORKING_AGE_OF_PENSION,
        aims=(("Be at the club every Thursday", "My chair is never empty."),),
        lines=(Line("Help in the morning and before lunch", "home_care", 210_00, "council_managed"),),
        way="council_managed",
        choice_words="Let me get over this first. Ask me again when I can think.",
        why_not_direct_payment="not_wanted",
        independent_advice="The stroke club’s adviser",
        contingency="My daughter Yvette drives over. She is forty minutes away.",
        risks="I go to the club by myself on the 14. I have driven that bus for thirty years.",
        review_words=("I can think again.", "Walks with a stick; asked about running things himself."),
        then=(
            Switch(
                250,
                "direct_payment",
                "My nephew’s friend is trained and cooks what I eat. I want to pay her myself.",
                "He asked for a direct payment. He manages his own bills, and a payroll firm was found.",
                ("I am ready now. Give me the money and I’ll find somebody.", "Is well enough to be an employer."),
            ),
        ),
    )


def in_hospital(today: date) -> Script:
    """Somebody whose payments waited while she was in hospital, and went on when she came home."""
    return Script(
        story="Payments that waited while she was in hospital, and went on when she came home",
        details=person("Blessing", "Okoro", date(1984, 8, 19), "9990000166", gender="Female", ethnicity="African"),
        opened_on=today - timedelta(days=330),
        until=Stage.ACTIVE,
        request_route="Community / Other route",
        request_words="Sickle cell. Some weeks I run the house, some weeks I can’t hold a cup.",
        reason="Physical Support: Personal care support",
        what_matters="That the children do not have to look after me.",
        good_day="I cook, they do homework, nobody is frightened.",
        outcomes={
            "hygiene": Help(
                PAINFUL, "In a crisis I can’t be touched.", "In a crisis needs help to wash, in great pain."
            ),
            "nutrition": Help(PAINFUL, "I sit and tell them what to do.", "Cannot stand at a stove in a bad week."),
            "habitable_home": Help(CANNOT, "It slides in three days.", "Cannot clean or carry for weeks at a time."),
        },
        answers=NO_NEED | {"personal_care": "every_day", "meals": "preparing", "home": "most"},
        ups_and_downs="Two weeks well, then a crisis of one to three weeks; three times in hospital last year.",
        weeks_looked_at=52,
        means=WORKING_AGE,
        aims=(("Be the mother, whatever week it is", "They go to school fed, and I am not carried."),),
        lines=(Line("Somebody who comes more in the bad weeks", "personal_assistant", 240_00, "direct_payment"),),
        way="direct_payment",
        choice_words="My weeks are not the same, so her hours can’t be. An agency wants fixed times.",
        independent_advice="The sickle cell society",
        contingency="My sister Grace takes the children; the haematology ward has my plan.",
        review_words=(
            "She came at six in the morning when it started.",
            "Fewer nights in hospital than the year before.",
        ),
        then=(
            Wait(
                210,
                24,
                "hospital",
                "In hospital since Sunday, and nobody knows yet for how long.",
            ),
        ),
    )


def ended(today: date) -> Script:
    """Support that did its work, and ended."""
    return Script(
        story="Support that did its work, and ended",
        details=person("Callum", "Frost", date(2002, 1, 30), "9990000174", gender="Male"),
        opened_on=today - timedelta(days=360),
        until=Stage.ACTIVE,
        request_route="Planned Entry (Transition)",
        request_words="I was in care till I was eighteen. I don’t know how you do a flat.",
        reason="Mental Health Support",
        what_matters="Not losing another place to live.",
        good_day="College, gym, nobody knocking about money.",
        outcomes={
            "habitable_home": Help(
                CANNOT, "I never open the letters.", "Lost one tenancy over bills he could not face."
            ),
            "relationships": Help(PAINFUL, "I wait till they leave.", "Panic attacks when somebody new comes close."),
        },
        answers=NO_NEED | {"home": "most", "wellbeing": "every_day", "relationships": "every_week"},
        means=WORKING_AGE,
        aims=(("Keep this flat", "A year of rent paid, by me."),),
        lines=(Line("Somebody to do the post with", "personal_assistant", 110_00, "direct_payment"),),
        way="direct_payment",
        choice_words="I had key workers all my life. This one I pick.",
        independent_advice="The care leavers’ group",
        contingency="I text Dee from the leaving care team.",
        review_words=("I open them the same day now.", "All bills on direct debit; sees two friends a week."),
        then=(
            End(
                275,
                "He has kept his flat for a year and does the post by himself. He asked to stop.",
                ("I don’t need it any more. Thank her for me.", "Manages bills, post and visitors without help."),
            ),
        ),
    )


def died(today: date) -> Script:
    """Somebody who died, and what is left to settle."""
    return Script(
        story="Somebody who died, and what is left to settle",
        details=person("Elsie", "Grainger", date(1933, 11, 3), "9990000182", gender="Female"),
        opened_on=today - timedelta(days=310),
        until=Stage.ACTIVE,
        request_route="Community / Other route",
        reason="Physical Support: Personal care support",
        request_words="I’m ninety-two and I’ve never asked for anything.",
        what_matters="Dying in my own bed, and somebody feeding the birds.",
        good_day="The window open, the radio, a boiled egg.",
        outcomes={
            "hygiene": Help(CANNOT, "A flannel does.", "Too frail to stand at the basin; is washed in bed."),
            "toilet": Help(CANNOT, "I call out, and wait.", "Needs lifting each time, day and night."),
            "nutrition": Help(CANNOT, "I pick.", "Eats only what is made and put beside her."),
        },
        answers=NO_NEED | {"personal_care": "often", "meals": "every_meal", "home": "everything"},
        means=PENSIONER,
        aims=(("Stay in this room, with the birds", "I wake up here."),),
        lines=(Line("Mornings and evenings with Marjorie", "personal_assistant", 330_00, "direct_payment"),),
        way="direct_payment",
        choice_words="Marjorie has done my hair for years. I’ll have her or nobody.",
        contingency="Marjorie’s daughter stands in. The surgery has the drugs in the house.",
        risks="I want no hospital. It is written down, and the doctor has signed it.",
        review_words=("Marjorie knows.", "Comfortable, and at home as she wished."),
        around=(Around("Peter Grainger", "child"),),
        then=(Death(225, "Her son Peter, by phone, the day after."),),
    )
