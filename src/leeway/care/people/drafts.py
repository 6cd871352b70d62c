"""Pages that two people may have open at once: nobody's words are overwritten, and a draft is saved half done."""

from collections.abc import Callable
from typing import cast

from django import forms
from django.http import QueryDict

from leeway.care.people.versions import EditedMeanwhile
from leeway.forms import VersionField, only_once
from leeway.refusal import Refusal


class DraftForm(forms.Form):
    """A page that may be saved half done. What is still needed is asked for before completing, not before saving."""

    version = VersionField()
    theirs: list[tuple[str, str]] = []

    def full_clean(self) -> None:
        needed = [field for name, field in self.fields.items() if field.required and name != "version"]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    def in_words(self) -> list[tuple[str, str]]:
        """What is stored now and differs from what was typed, as pairs of label and text, to show beside it."""
        pairs = [(bound, _in_words(bound.field, bound.initial)) for bound in self if bound.name != "version"]
        return [
            (str(bound.label), stored or "Nothing")
            for bound, stored in pairs
            if stored != _in_words(bound.field, self.cleaned_data.get(bound.name))
        ]

    @property
    def details(self) -> dict:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class WholeForm(DraftForm):
    """A page that is saved whole."""

    full_clean = forms.Form.full_clean


def save_draft(form: DraftForm, action: Callable[[], object]) -> bool:
    """Save a page of a draft. Where somebody else saved first, their version is shown beside what was typed.

    The form must have been given the record as it is stored now as its initial values.
    """
    if not form.is_valid():
        return False
    try:
        only_once(action)
    except EditedMeanwhile as meanwhile:
        form.add_error(None, str(meanwhile))
        form.theirs = form.in_words()
        carry_version(form, form.initial["version"])
        return False
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def carry_version(form: forms.Form, version: int) -> None:
    """Have a form that is shown again carry the version that its page now shows."""
    if form.is_bound:
        typed = cast(QueryDict, form.data).copy()
        typed["version"] = str(version)
        form.data = typed


def _in_words(field: forms.Field, value) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label).partition(" | ")[0] for key, label in list(field.choices)}
        values = value if isinstance(value, list) else [value]
        return "; ".join(labels.get(str(one), str(one)) for one in values)
    return str(field.prepare_value(value))
