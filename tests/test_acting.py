"""One call that checks a form, does the thing, and says whether it was done."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.utils import timezone

from leeway.access.models import Team
from leeway.acting import Done, act, attempt, press
from leeway.care.people.models import Case, Person
from leeway.forms import DraftForm
from leeway.refusal import EditedMeanwhile, Refusal


class SayForm(forms.Form):
    words = forms.CharField()


@pytest.fixture
def send(bea):
    """A request by Bea, sent or only asked for."""

    def one(method="post", **typed):
        request = getattr(RequestFactory(), method)("/somewhere/", typed)
        request.user, request.session = bea, {}
        request._messages = FallbackStorage(request)
        return request

    return one


@pytest.mark.parametrize("empty", [None, 0, [], ""])
def test_what_was_done_is_done_however_little_came_of_it(send, bea, empty):
    request = send(words="Yes")
    called = []

    def action(*, words, by, on):
        called.append((words, by, on))
        return empty

    form = SayForm(request.POST)
    done = act(form, lambda **by_on: action(**form.cleaned_data, **by_on), request)
    assert done and done == Done(empty)
    assert called == [("Yes", bea, timezone.localdate())]


def test_nothing_is_done_for_a_page_that_was_only_asked_for_or_a_form_that_is_not_valid(send):
    def never(**by_on):
        raise AssertionError("called")

    assert act(SayForm({"words": "Yes"}), never, send("get", words="Yes")) is None
    assert act(SayForm({"words": ""}), never, send(words="")) is None
    assert act(SayForm(), never, send()) is None


@pytest.mark.parametrize("field, shown", [("words", "words"), ("elsewhere", "__all__"), (None, "__all__")])
def test_a_refusal_stands_at_its_field_or_at_the_top(send, field, shown):
    def refuse(**by_on):
        raise Refusal("Say more.", field=field)

    form = SayForm({"words": "Yes"})
    assert act(form, refuse, send(words="Yes")) is None
    assert form.errors == {shown: ["Say more."]}


def test_what_somebody_else_saved_meanwhile_is_shown_beside_what_was_typed(send):
    class WordsForm(DraftForm):
        words = forms.CharField(label="Words")

    def meanwhile(**by_on):
        raise EditedMeanwhile

    form = WordsForm({"version": "1", "words": "mine"}, initial={"version": 2, "words": "theirs"})
    assert act(form, meanwhile, send(words="mine")) is None
    assert form.theirs == [("Words", "theirs")] and form.data["version"] == "2"


def test_a_button_without_a_form_says_its_refusal_on_the_page_that_follows(send):
    def refuse(**by_on):
        raise Refusal("Not now.")

    request = send()
    assert press(refuse, request) is None
    assert [str(message) for message in get_messages(request)] == ["Not now."]
    assert press(lambda by, on: on, send()) == Done(timezone.localdate())


def test_a_second_press_of_a_button_is_a_sentence(case):
    @transaction.atomic
    def open_another():
        return Case.objects.create(person=case.person, team=case.team, opened_on=case.opened_on)

    form = forms.Form({})
    assert attempt(form, open_another) is None
    assert "saved a moment ago" in str(form.errors)


def test_any_other_broken_rule_of_the_database_stays_a_fault(case):
    @transaction.atomic
    def break_a_rule():
        return Case.objects.create(person=Person(pk=case.pk), team=Team(pk=0), opened_on=None)

    with pytest.raises(IntegrityError):
        attempt(forms.Form({}), break_a_rule)


class LongForm(SayForm):
    more = forms.CharField(widget=forms.Textarea, required=False)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("words", "Sam\nTate", "Words: write it on one line."),
        ("words", "Sam\rTate", "Words: write it on one line."),
        ("words", "Sam\u2028Tate", "Words: write it on one line."),
        ("words", "Sam\x07Tate", "Words: take out the signs that cannot be seen."),
        ("words", "Sam \u202eetaT", "Words: take out the signs that cannot be seen."),
        ("words", "x" * 20_001, "Words: write no more than 20,000 characters. These are 20,001."),
        ("more", "x" * 2_400_000, "More: write no more than 20,000 characters. These are 2,400,000."),
        ("more", "One\x0btwo", "More: take out the signs that cannot be seen."),
    ],
)
def test_a_text_that_breaks_its_line_or_never_ends_is_refused_at_its_field(send, field, typed, sentence):
    """Whatever the form: a name with a line break in it had stopped a death from being recorded."""
    request = send(**{"words": "Yes", field: typed})
    form = LongForm(request.POST)
    assert act(form, lambda **by_on: pytest.fail("done"), request) is None
    assert form.errors[field] == [sentence]


def test_texts_of_many_lines_are_taken_where_there_is_room_for_them(send):
    request = send(words="Zoë O’Neill-Ożóg", more="One\r\n\ttwo\n" + "x" * 19_000)
    assert act(LongForm(request.POST), lambda **by_on: True, request)
