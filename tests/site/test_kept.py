"""What is statutory stays as it was: the database refuses to change or delete it, whoever asks."""

import pytest
from django.db import ProgrammingError, transaction

from leeway.care.assessment.models import Assessment, FinancialAssessment, OutcomeNote
from leeway.care.decisions.models import Decision
from leeway.care.people.models import CapacityDecision, StoryLine
from leeway.care.planning.models import Agreement, Aim, Choice, Offer, PlanLine
from leeway.care.review.models import AimResult, Review
from leeway.money.ledger.models import Transfer

pytestmark = pytest.mark.django_db
FINISHED = {
    Decision: {},
    StoryLine: {},
    CapacityDecision: {},
    Assessment: {"completed_on__isnull": False},
    OutcomeNote: {"assessment__completed_on__isnull": False},
    FinancialAssessment: {"completed_on__isnull": False},
    Aim: {"plan__state": "agreed"},
    PlanLine: {"plan__state": "agreed"},
    Offer: {},
    Choice: {},
    Agreement: {},
    Review: {"held_on__isnull": False},
    AimResult: {"review__held_on__isnull": False},
    Transfer: {},
}


@pytest.mark.parametrize("model", FINISHED, ids=lambda model: model.__name__)
def test_the_database_refuses_to_change_or_delete_it(council, model):
    one = model.objects.filter(**FINISHED[model]).first()
    field = next(
        each for each in model._meta.fields if each.get_internal_type() in {"CharField", "TextField", "DateField"}
    )
    with pytest.raises(ProgrammingError), transaction.atomic():
        model.objects.filter(pk=one.pk).update(**{field.name: getattr(one, field.name)})
    with pytest.raises(ProgrammingError), transaction.atomic():
        model.objects.filter(pk=one.pk)._raw_delete("default")


def test_what_is_being_written_can_be_changed(council):
    note = OutcomeNote.objects.filter(assessment__completed_on=None).first()
    assert OutcomeNote.objects.filter(pk=note.pk).update(person_words="Changed") == 1
