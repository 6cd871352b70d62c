"""The words of messages: each can be filled in, is plain enough, and keeps what is private out of sight."""

import re

import pytest
import textstat
from jinja2 import meta

from leeway.messages.wording import ALWAYS, FOLDER, JINJA, WrongFields, fill_in, read_wording, wording_names

GRADE_MOST = 6  # American school years: five more is the age of whoever reads it with ease
TEXT_MOST = 306  # two text messages joined
GSM = re.compile(r"[A-Za-z0-9 \n£$@!\"#%&'()*+,./:;<=>?_-]*")  # outside it, a text message holds half as much
names = pytest.mark.parametrize("name", wording_names())


def example(name: str, *, short: bool) -> str:
    wording = read_wording(name)
    return fill_in(name, dict(wording.fields), recipient_name="Ada Bell", short=short).body


def test_there_are_words_for_each_thing_that_the_council_says():
    assert set(wording_names()) >= {
        "plan_to_agree", "plan_returned", "decision_ready", "review_due", "payment_sent", "payment_held",
        "payment_returned", "condolence",
    }  # fmt: skip
    assert len(list(FOLDER.iterdir())) == len(wording_names())


@names
def test_it_is_filled_in_with_its_declared_fields_and_nothing_is_left(name):
    for short in (False, True):
        text = example(name, short=short)
        assert text and "{" not in text and "  " not in text


@names
def test_each_declared_field_is_used_and_each_used_field_is_declared(name):
    wording = read_wording(name)
    used = [meta.find_undeclared_variables(JINJA.parse(text)) for text in (wording.body, wording.text)]
    assert used[0] | used[1] <= set(wording.fields) | set(ALWAYS)
    assert set(wording.fields) <= used[0]


@names
def test_without_one_of_its_fields_it_is_not_written(name):
    fields = dict(read_wording(name).fields)
    for field in fields:
        with pytest.raises(WrongFields):
            fill_in(name, {k: v for k, v in fields.items() if k != field}, recipient_name="Ada Bell", short=False)


@names
def test_the_subject_line_says_nothing_about_anybody(name):
    """It stands on a locked phone and in every log between here and there: the same for everyone."""
    subject = read_wording(name).subject
    assert "{" not in subject and 0 < len(subject) <= 60 and subject.isascii()
    private = ("care", "budget", "charge", "benefit", "die", "death", "need", "bank", "social", "direct")
    assert not [word for word in private if word in subject.lower()]


@names
def test_it_is_plain_enough_to_read(name):
    body = "\n".join(line for line in example(name, short=False).splitlines() if "http" not in line)
    assert textstat.automated_readability_index(body) <= GRADE_MOST
    assert textstat.coleman_liau_index(body) <= GRADE_MOST + 2  # it counts names as long words
    longest = max(len(sentence.split()) for sentence in re.split(r"[.?!]\s|\n", body))
    assert longest <= 25


def test_the_gate_notices_hard_words():
    hard = "Notwithstanding the aforementioned determination, the authority's discretionary considerations prevail."
    assert textstat.automated_readability_index(hard) > GRADE_MOST


@names
def test_the_text_message_is_short_and_says_who_it_is_from(name):
    text = example(name, short=True)
    assert len(text) <= TEXT_MOST and GSM.fullmatch(text)
    assert text.startswith("Fairbourne Council: ")
    assert "Ada" not in text and "£" not in text


def test_nobody_writes_to_the_dead_by_their_name():
    words = example("condolence", short=False)
    assert words.startswith("Dear Ada Bell,")  # the recipient of the example, who is whoever speaks for them
    assert "died" in words and "sorry" in words and "passed away" not in words
    assert not re.search(r"\b(owe us|debt|invoice|overpaid|must)\b", words)


def test_words_that_are_not_there_are_an_error():
    with pytest.raises(WrongFields, match="no_such_kind"):
        read_wording("no_such_kind")


def test_what_was_typed_is_never_a_template():
    words = fill_in("payment_held", {"reason": "{{ council }} \x07£5"}, recipient_name="Ada", short=False)
    assert "{{ council }} £5" in words.body
