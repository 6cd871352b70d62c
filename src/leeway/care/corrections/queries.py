"""Reading corrections: those that wait, those that were settled, and what was said of what was not corrected."""

from uuid import UUID

from django.http import Http404

from leeway.care.corrections.models import Correction, Settled, Statement
from leeway.care.people.models import Case, Person


def corrections_of(person: Person) -> list[Correction]:
    """Every correction that was asked for, the latest first."""
    return list(person.corrections.select_related("settled_by", "statement"))


def open_correction(person: Person, part: str) -> Correction | None:
    """The correction of a part that waits for an answer."""
    return person.corrections.filter(part=part, settled_on=None).first()


def get_correction(correction_id: UUID, *, case: Case) -> Correction:
    """One correction of the person of a case that the user may see; 404 where there is none."""
    found = case.person.corrections.filter(pk=correction_id).select_related("person", "case", "statement").first()
    if found is None:
        raise Http404("There is no such correction of this record.")
    return found


def waiting(person: Person) -> list[Correction]:
    """The corrections that wait for an answer, the longest first."""
    return list(person.corrections.filter(settled_on=None).order_by("asked_on", "pk"))


def statements_about(person: Person) -> list[Statement]:
    """What was said of what was not corrected: whoever reads the record reads it too."""
    said = Statement.objects.filter(correction__person=person, correction__settled=Settled.DECLINED)
    return list(said.select_related("correction").order_by("-said_on"))
