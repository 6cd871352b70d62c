"""Writing a plan: who may, what is refused, and that nobody's work is overwritten."""

from decimal import Decimal

import pytest

from leeway.care.planning import actions
from leeway.care.planning.models import Plan
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from tests.care.conftest import LINE, TODAY, relate


def test_a_plan_starts_only_at_planning(case, bea):
    with pytest.raises(Refusal, match="Planning"):
        actions.start_plan(case=case, by=bea, on=TODAY)


def test_one_plan_is_written_at_a_time(draft, bea):
    with pytest.raises(Refusal, match="already being written"):
        actions.start_plan(case=draft.case, by=bea, on=TODAY)


def test_ada_writes_what_matters_and_her_aims(draft, ada_user):
    actions.save_about(plan=draft, version=draft.version, details={"about_me": "My dog"}, by=ada_user, on=TODAY)
    aim = actions.add_aim(
        plan=draft, version=draft.version, words="Swim", how_we_know="Twice a month", by=ada_user, on=TODAY
    )
    assert Plan.objects.get(pk=draft.pk).about_me == "My dog"
    assert aim.plan == draft


def test_ada_does_not_write_the_workers_part(draft, ada_user):
    with pytest.raises(NotAllowed, match="for the worker"):
        actions.save_about(plan=draft, version=draft.version, details={"prevention": "x"}, by=ada_user, on=TODAY)


def test_cyril_writes_nothing(draft, cyril):
    with pytest.raises(NotAllowed):
        actions.save_about(plan=draft, version=draft.version, details={"about_me": "x"}, by=cyril, on=TODAY)
    with pytest.raises(NotAllowed):
        actions.add_line(plan=draft, version=draft.version, details=LINE, by=cyril, on=TODAY)


def test_a_supporter_with_leave_writes_and_without_leave_does_not(draft, cyril):
    friend = relate(draft.case.person, "Cyril Crane", "none", user=cyril, may_see_record=True)
    actions.save_about(plan=draft, version=draft.version, details={"about_me": "Her garden"}, by=cyril, on=TODAY)
    friend.may_see_record = False
    friend.save()
    with pytest.raises(NotAllowed):
        actions.save_about(plan=draft, version=draft.version, details={"about_me": "x"}, by=cyril, on=TODAY)


def test_the_second_to_save_is_told_and_nothing_is_overwritten(draft, bea, ada_user):
    seen_by_both = draft.version
    mine, theirs = Plan.objects.get(pk=draft.pk), Plan.objects.get(pk=draft.pk)
    actions.save_about(plan=theirs, version=seen_by_both, details={"about_me": "Hers"}, by=ada_user, on=TODAY)
    with pytest.raises(EditedMeanwhile):
        actions.save_about(plan=mine, version=seen_by_both, details={"about_me": "Bea's"}, by=bea, on=TODAY)
    assert Plan.objects.get(pk=draft.pk).about_me == "Hers"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"units": Decimal(0)}, "more than nought"),
        ({"unit_cost_pence": -1}, "less than nothing"),
        ({"nhs_percent": 101}, "between 0 and 100"),
        ({"what": " "}, "Say what"),
        ({"unit_cost_pence": 9_000_000}, "Check the amount"),
    ],
)
def test_a_line_that_cannot_be_right_gets_a_sentence(draft, bea, change, sentence):
    with pytest.raises(Refusal, match=sentence):
        actions.add_line(plan=draft, version=draft.version, details=LINE | change, by=bea, on=TODAY)
    assert not draft.lines.exists()


def test_an_aim_of_another_plan_is_refused(draft, signed_other_aim, bea):
    with pytest.raises(Refusal, match="another plan"):
        actions.add_line(plan=draft, version=draft.version, details=LINE | {"aim": signed_other_aim}, by=bea, on=TODAY)


@pytest.fixture
def signed_other_aim(draft, team, bea, cyril):
    from leeway.care.people.models import Case, Person

    other = Case.objects.create(
        person=Person.objects.create(given_name="Dot", family_name="Day", date_of_birth=TODAY.replace(year=1950)),
        team=team,
        worker=bea,
        opened_on=TODAY,
        stage="planning",
    )
    plan = actions.start_plan(case=other, by=bea, on=TODAY)
    return actions.add_aim(plan=plan, version=plan.version, words="Walk", how_we_know="", by=bea, on=TODAY)


def test_removing_an_aim_keeps_its_lines(written, bea):
    aim = written.aims.get()
    actions.remove_aim(aim=aim, version=written.version, by=bea, on=TODAY)
    assert written.lines.get().aim is None


def test_a_submitted_plan_is_not_changed(submitted, bea):
    with pytest.raises(Refusal, match="waiting for sign-off"):
        actions.save_about(plan=submitted, version=submitted.version, details={"about_me": "Late"}, by=bea, on=TODAY)


def test_support_does_not_start_before_help_was_asked_for(draft, bea):
    with pytest.raises(Refusal, match="cannot start before"):
        actions.set_start(plan=draft, version=draft.version, starts_on=TODAY.replace(year=2020), by=bea, on=TODAY)
