"""How an assessment of Ada's is answered in these tests."""

from datetime import date

from leeway.care.assessment import actions, parts, queries

TODAY = date(2026, 11, 23)
UNABLE = {"hygiene": ["cannot"], "clothing": ["takes_much_longer"], "community": ["endangers"]}
ANSWERS = {
    "personal_care": "every_day",
    "meals": "nothing",
    "home": "some",
    "wellbeing": "now_and_then",
    "relationships": "every_week",
    "decisions": "nothing",
    "safety": "checks",
    "nights": "nothing",
    "work": "getting_there",
    "parenting": "nothing",
}
HELP = {"personal_care": "none", "home": "some", "relationships": "none", "decisions": "none"}
HELPERS = {"helpers_willing": True, "helpers_words": "Her mother shops with her, and will go on."}


def fill(assessment, bea, *, unable=None, impairment=True, wellbeing=True, answers=ANSWERS, funding="nobody", on=TODAY):
    """Answer everything in an assessment; `unable` gives the outcomes that cannot be achieved, and how."""
    unable = UNABLE if unable is None else unable
    by = {"by": bea, "on": on}
    conversation = {"what_matters": "Getting out of the house.", "took_part": "Service user only"}
    actions.save_conversation(
        assessment=assessment,
        details=conversation | {"good_day": "A swim.", "advocacy": "not_needed"},
        version=assessment.version,
        **by,
    )
    for choice, note in queries.outcome_notes(assessment):
        words = {"person_words": "Mornings are hard.", "assessor_words": "Needs a hand.", "help_now": "Her mother."}
        actions.save_outcome(
            note=note, details=words | {"unable": unable.get(choice.code, [])}, version=note.version, **by
        )
    actions.save_conditions(
        assessment=assessment,
        details={
            "impairment": impairment,
            "fluctuates": False,
            "wellbeing_impact": wellbeing,
            "wellbeing_areas": ["dignity"] if wellbeing else [],
            "funding": funding,
        },
        version=assessment.version,
        **by,
    )
    actions.save_allocation_answers(
        assessment=assessment,
        answers=answers,
        help_given=HELP if answers else {},
        version=assessment.version,
        **by,
    )
    assessment.refresh_from_db()
    misfits = parts.what_does_not_fit(queries.draft_assessment(assessment.case), on)
    actions.save_cross_check(
        assessment=assessment,
        details=HELPERS | {"explained": {one.code: f"{one.code}: talked through with her." for one in misfits}},
        version=assessment.version,
        **by,
    )
    return queries.draft_assessment(assessment.case)


def complete(assessment, by, *, on=TODAY, advice=""):
    """Complete an assessment as it stands."""
    return actions.complete_assessment(
        assessment=assessment, version=queries.version_of_whole(assessment), advice_given=advice, by=by, on=on
    )
