"""What a direct payment may pay for, where the person is, and whom the council asks first."""

from datetime import date
from decimal import Decimal

import pytest

from leeway.care.circumstances.actions import record_stay, take_back_stay
from leeway.care.circumstances.queries import in_care_homes
from leeway.care.letters.content import letter_of
from leeway.care.letters.support_plan import plan_document
from leeway.care.people.models import Authority, CapacityQuestion
from leeway.care.planning import actions, queries
from leeway.market.listings.models import Provider, Service
from leeway.refusal import Refusal
from tests.care.conftest import ASKED, LINE, TODAY, lose_capacity, passes_conditions, relate
from tests.care.letters.reading import words

ANSWERS_32 = dict.fromkeys(["requester_authorised", "not_barred", "best_interests", "can_manage", "appropriate"], True)


def change(plan, bea, **details):
    plan.refresh_from_db(fields=["version"])
    line = plan.lines.select_related("service").get()
    line.plan = plan
    return actions.change_line(line=line, version=plan.version, details=details, by=bea, on=TODAY)


def sentences(plan, on=TODAY):
    return [one.sentence for one in queries.what_is_missing(plan, on)]


def stays(case, bea, kind, starts_on, ends_on=None):
    where = {"kind": kind, "place": "", "told_by": "Her sister rang"}
    return record_stay(case=case, starts_on=starts_on, ends_on=ends_on, by=bea, on=TODAY, **where)


def care_home():
    provider = Provider.objects.create(name="The Limes Ltd")
    return Service.objects.create(
        provider=provider, name="The Limes", kinds=["care_home"], regulated=True, last_checked_on=TODAY
    )


# --- Family


@pytest.mark.parametrize(
    ("relationship", "household", "necessary_for", "said"),
    [
        ("sibling", True, "", "Consider it, and say why, either way"),
        ("sibling", True, "nothing", "may not be paid"),
        ("sibling", None, "", "say whether they live in the same household"),
        ("sibling", None, "care", "say whether they live in the same household"),
        ("sibling", False, "", ""),
        ("spouse_or_civil_partner", None, "nothing", "wherever they live"),
        ("sibling", True, "care", ""),
        ("spouse_or_civil_partner", None, "administration", ""),
        ("not_related", None, "", ""),
    ],
)
def test_the_family_bar_stops_a_plan(chosen, bea, relationship, household, necessary_for, said):
    why = "No carer within 20 miles signs." if necessary_for else ""
    family = {"payee_relationship": relationship, "payee_same_household": household}
    change(chosen, bea, **family, payee_necessary_for=necessary_for, payee_necessary=why)
    found = sentences(chosen)
    assert len(found) == bool(said) and all(said in sentence for sentence in found), found


def test_what_family_is_necessary_for_and_why_go_together(chosen, bea):
    with pytest.raises(Refusal, match="Say why the council finds") as refusal:
        change(chosen, bea, payee_necessary_for="care", payee_necessary="  ")
    assert refusal.value.field == "payee_necessary"
    with pytest.raises(Refusal, match="necessary to pay them for") as refusal:
        change(chosen, bea, payee_necessary="Nobody else signs.")
    assert refusal.value.field == "payee_necessary_for"


def test_the_decision_keeps_what_the_line_says_of_family(chosen, bea):
    family = {"payee_relationship": "child", "payee_same_household": True}
    change(chosen, bea, **family, payee_necessary_for="administration", payee_necessary="She runs the payroll.")
    decision = passes_conditions(chosen, bea)
    (use,) = decision.result["uses"]
    assert use["allowed"] and "to help manage the direct payment" in use["reason"]
    assert decision.inputs["uses"][0]["family"]["necessary_for"] == "administration"


# --- The council as supplier


def test_the_council_as_supplier_is_asked_refused_and_allowed_once(chosen, bea):
    change(chosen, bea, from_council=None)
    assert "Say whether the council itself gives this" in sentences(chosen)[0]
    change(chosen, bea, from_council=True, from_council_because="She likes it there.")
    assert "again and again" in sentences(chosen)[0]
    change(chosen, bea, frequency="once", from_council_because="")
    assert "where the council says why" in sentences(chosen)[0]
    change(chosen, bea, from_council_because="One day to see whether the centre suits her.")
    assert sentences(chosen) == []


def test_a_friend_as_payee_does_not_hide_that_the_council_gives_it(chosen, bea):
    change(
        chosen, bea, payee_relationship="friend_or_neighbour", from_council=True, from_council_because="She likes it."
    )
    assert any("again and again" in sentence for sentence in sentences(chosen))


# --- Stays in a care home


def test_a_care_home_line_asks_how_long_each_stay_is(chosen, bea):
    change(chosen, bea, service=care_home(), unit="week", units=4, frequency="yearly")
    assert "how many nights in a row" in sentences(chosen)[0]
    change(chosen, bea, care_home_nights=28)
    assert sentences(chosen) == []
    change(chosen, bea, care_home_nights=7)
    assert "how many days at home" in sentences(chosen)[0]
    change(chosen, bea, care_home_days_between=14)
    assert sentences(chosen) == []
    change(chosen, bea, units=5)
    assert "come to more than 28 nights" in sentences(chosen)[0]
    change(chosen, bea, care_home_days_between=28)
    assert sentences(chosen) == []


def test_the_stays_in_two_homes_are_added_up(chosen, bea):
    """Three weeks in one home and two in another are five: whichever line is looked at by itself."""
    three = {"unit": "week", "units": 3, "frequency": "yearly", "care_home_nights": 21}
    change(chosen, bea, service=care_home(), **three)
    two = three | {"what": "The Elms", "units": Decimal(2), "care_home_nights": 14, "service": care_home()}
    assert sentences(chosen) == []
    line = actions.add_line(plan=chosen, version=chosen.version, details=LINE | two, by=bea, on=TODAY)
    assert ["their nights are added up" in sentence for sentence in sentences(chosen)] == [True]
    for each, days in ((line, 14), (chosen.lines.exclude(pk=line.pk).get(), 30)):
        details = {"care_home_days_between": days}
        actions.change_line(line=each, version=chosen.version, details=details, by=bea, on=TODAY)
        chosen.refresh_from_db()
    assert "these come to 35 nights a year, more than 28" in sentences(chosen)[0]
    decision = passes_conditions(chosen, bea)
    assert [use["allowed"] for use in decision.result["uses"]][-1] is False
    line.refresh_from_db()
    details = {"care_home_days_between": 28}
    actions.change_line(line=line, version=chosen.version, details=details, by=bea, on=TODAY)
    assert sentences(chosen) == []


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("Two weeks in a care home", True),
        ("Respite at The Limes", True),
        ("The Limes nursing-home", True),
        ("Residential break", True),
        ("Care at home", False),
        ("Help with mornings", False),
    ],
)
def test_own_words_that_may_name_a_care_home_are_asked(chosen, bea, what, asked):
    change(chosen, bea, what=what)
    assert ["Say whether this is a stay in a care home" in each for each in sentences(chosen)] == [True] * asked
    change(chosen, bea, in_care_home=True)
    assert any("how many nights in a row" in each for each in sentences(chosen))
    change(chosen, bea, in_care_home=False)
    assert sentences(chosen) == []
    with pytest.raises(Refusal, match="no stay in one"):
        change(chosen, bea, care_home_nights=7)


def test_living_in_a_care_home_is_not_paid_direct(chosen, bea):
    change(chosen, bea, service=care_home(), unit="week", units=1, frequency="weekly", care_home_nights=366)
    assert "The council arranges longer stays" in sentences(chosen)[0]


def test_the_check_counts_the_stays_on_record(chosen, bea):
    stays(chosen.case, bea, "care_home_stay", date(2026, 11, 10), date(2026, 11, 17))
    decision = passes_conditions(chosen, bea)
    assert decision.inputs["stays"] == [["2026-11-10", "2026-11-17"]]
    assert "a direct payment may pay for 21 more" in decision.reasons[-1]


def test_people_in_care_homes_with_their_four_weeks(chosen, bea):
    person = chosen.case.person
    stay = stays(chosen.case, bea, "care_home_stay", date(2026, 11, 10))
    assert in_care_homes(TODAY)[person].over_on == date(2026, 12, 8)
    take_back_stay(case=chosen.case, stay=stay, because="It was her sister.", by=bea, on=TODAY)
    assert in_care_homes(TODAY) == {}


# --- Prison


@pytest.mark.parametrize(
    ("kind", "decision", "said"),
    [
        ("prison", "may_not_pay", "section 76"),
        ("approved_premises", "may_not_pay", "section 76"),
        ("prison_not_known", "not_yet_known", "nobody has said whether they were convicted"),
        ("remand", "must_pay", ""),
        ("bail", "must_pay", ""),
    ],
)
def test_whether_convicted_is_asked_and_held_at_every_step(submitted, bea, mona, kind, decision, said):
    stays(submitted.case, bea, kind, date(2026, 11, 20))
    sign = {"plan": submitted, "final_pence_per_week": 185_00, "reason": "", "by": mona, "on": TODAY}
    if not said:
        actions.sign_off(version=submitted.version, **sign)
        return
    with pytest.raises(Refusal, match=said):
        actions.sign_off(version=submitted.version, **sign)
    back = actions.return_plan(
        plan=submitted, version=submitted.version, reasons="Find out where she is first.", by=mona, on=TODAY
    )
    assert passes_conditions(back.plan, bea).result["decision"] == decision
    assert said in sentences(back.plan)[0]


def test_whoever_came_to_prison_since_sign_off_agrees_to_no_direct_payment(signed, bea, ada_user):
    stays(signed.case, bea, "prison_not_known", date(2026, 11, 20))
    with pytest.raises(Refusal, match="nobody has said whether they were convicted"):
        actions.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)


# --- Whom the council asks


def test_an_authorised_person_waits_until_everybody_was_asked_and_a_check_was_seen(written, bea):
    lose_capacity(written.case.person, bea, CapacityQuestion.DIRECT_PAYMENT)
    edie = relate(written.case.person, "Edie Bell", Authority.AUTHORISED)

    def decided(**about):
        given = {"answers": ANSWERS_32, "received_by": edie, "about_authorised": ASKED | about}
        return passes_conditions(written, bea, **given).result

    assert decided()["must_pay"]
    assert decided(consulted=ASKED["consulted"] | {"cares": "unknown"})["not_known"] == ["consulted"]
    assert decided(authorised_is="other")["not_known"] == ["record_checked"]
    assert decided(authorised_is="other", criminal_record_check=False)["decision"] == "may_not_pay"
    with pytest.raises(Refusal, match="Say whom you asked"):
        decided(consultation_words=" ")
    assert passes_conditions(written, bea, answers=ANSWERS_32, received_by=edie).result["not_known"] == [
        "consulted",
        "record_checked",
    ]


def test_before_the_care_act_the_question_is_refused_with_the_law_of_then(written, bea):
    with pytest.raises(Refusal, match="section 57, and SI 2009/1887"):
        actions.check_direct_payment(
            plan=written, answers={}, barred_orders=[], version=written.version, by=bea, on=date(2015, 3, 31)
        )


def test_the_page_asks_of_an_authorised_person_what_reg_5_asks(client, written, bea):
    at = f"/cases/{written.case_id}/plan/direct-payment/"
    client.force_login(bea)
    assert "criminal record check" not in client.get(at).content.decode()
    unsaid = client.post(at, {"version": written.version}).content.decode()
    assert "Say whether this is so: “A direct payment is an appropriate way to meet the needs”." in unsaid
    lose_capacity(written.case.person, bea, CapacityQuestion.DIRECT_PAYMENT)
    edie = relate(written.case.person, "Edie Bell", Authority.AUTHORISED)
    given = {"received_by": str(edie.pk), "version": written.version} | dict.fromkeys(ANSWERS_32, "yes")
    refused = client.post(at, given).content.decode()
    assert "Say whether this was asked: anyone who cares for the person" in refused
    given |= {f"consulted_{code}": heard for code, heard in ASKED["consulted"].items()}
    given |= {"consultation_words": "Her brother: it suits her.", "authorised_is": "other"}
    assert client.post(at, given).status_code == 302
    decision = written.case.decisions.get(kind="direct_payment")
    assert decision.result["not_known"] == ["record_checked"]
    facts = client.get(f"/cases/{written.case_id}/decisions/{decision.pk}/").content.decode()
    assert "Her brother: it suits her." in facts
    assert client.post(at, given | {"version": written.version + 1, "criminal_record_check": "yes"}).status_code == 302
    latest = written.case.decisions.filter(kind="direct_payment", superseded_by=None).get()
    assert latest.result["must_pay"]


def test_the_letter_of_a_plan_says_who_of_the_family_is_paid_and_why(chosen, bea):
    family = {"payee_relationship": "sibling", "payee_same_household": True}
    change(chosen, bea, **family, payee_necessary_for="care", payee_necessary="Nobody else signs.")
    said = words(plan_document(chosen))
    assert "Brother or sister, in the same household. The council considers it necessary, for care" in said
    assert "Nobody else signs." in said


def test_the_letter_of_the_decision_says_what_family_may_not_be_paid_and_what_would_change_it(chosen, bea):
    family = {"payee_relationship": "sibling", "payee_same_household": True}
    change(chosen, bea, **family, payee_necessary_for="nothing", payee_necessary="An agency has somebody who signs.")
    said = words(letter_of(passes_conditions(chosen, bea)))
    assert "An agency has somebody who signs." in said
    assert "does not find it necessary" in said and "considered again when something changes" in said
