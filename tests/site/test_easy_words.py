"""Easy words are easy: short sentences of known words, one idea each; shown to those who asked, and to nobody else."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import User
from leeway.access.table import ACCESS, who_may_reach
from leeway.care.people.models import Person
from leeway.care.people.states import Stage
from leeway.care.planning.actions import disagree
from leeway.care.planning.queries import open_plan
from leeway.site.easy import easy_sentences
from tests.site.test_plain_words import pages
from tests.site.test_site_pages import QUERIES_MAX

WORDS_MOST, LETTERS_MOST = 12, 8
HARD = re.compile(
    r"\b(?:assess\w*|eligib\w*|direct payment|contribution|authoris\w*|review\w*|decision\w*|arrang\w*|require\w*"
    r"|receiv\w*|regard\w*|provid\w*|support plan|in advance|entitle\w*|appropriate|however|therefore|whether)\b"
)


def sentences():
    table = easy_sentences()
    parts = [*table["now"].values(), *table["worker"].values(), table["budget"], *table["pays"].values()]
    parts += [*table["payment"].values(), table["letters"], *table["pages"].values()]
    return [sentence for part in parts for sentence in part]


@pytest.mark.parametrize("sentence", sentences())
def test_every_sentence_is_short_has_one_idea_and_no_hard_word(sentence):
    plain = re.sub(r"\{\w+\}", "Bea", sentence)
    assert len(plain.split()) <= WORDS_MOST, plain
    assert plain[0].isupper() and plain[-1] in ".?" and plain.count(".") + plain.count("?") == 1
    assert not re.search(r"[;:()–]", plain) and plain.count(",") <= 1
    assert not HARD.search(plain.lower()), plain
    assert max(map(len, re.findall(r"\w+", plain))) <= LETTERS_MOST, plain


def test_what_would_not_be_easy_is_caught():
    assert HARD.search("your contribution is assessed in advance")


def test_every_stage_has_its_words_and_every_page_named_is_one_of_the_persons():
    assert set(easy_sentences()["now"]) == {stage.value for stage in Stage}
    assert set(easy_sentences()["worker"]) == {"known", "nobody"}
    pages = set(easy_sentences()["pages"])
    assert not [name for name in pages if who_may_reach(name) == "nobody"] and ACCESS


@pytest.mark.django_db
def test_they_are_shown_to_whoever_asked_for_them_and_to_nobody_else(case_of, sign_in):
    case = case_of("Ada")
    page = reverse("planning:overview", args=[case.pk])
    ada = sign_in("ada")
    for address in ("/home/", page):
        assert "In easy words" not in ada.get(address).content.decode()
    Person.objects.filter(pk=case.person_id).update(communication_needs=["easy_read"])
    home = ada.get("/home/").content.decode()
    assert "In easy words" in home and "Bea Okafor is your worker." in home and "for help each week." in home
    assert "This is your plan." in ada.get(page).content.decode()
    without = [name for name, words in pages(case, case.person.user) if "In easy words" not in words]
    assert without == [], "every page that is made from her record"
    assert "In easy words" not in ada.get(page.replace("/plan/", "/letters/" + str(case.pk) + "/")).content.decode()
    for other in ("bea", "tom"):
        assert "In easy words" not in sign_in(other).get(page).content.decode(), "Ada asked for them, not they"
    of_tom = Person.objects.exclude(pk=case.person_id).filter(user=None).first()
    of_tom.user, of_tom.communication_needs = User.objects.get(email="tom@fairbourne.example"), ["easy_read"]
    of_tom.save(update_fields=["user", "communication_needs"])
    assert "In easy words" not in sign_in("tom").get(page).content.decode(), "they say “you”, and mean Ada"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Marcia", "Liam", "Doreen", "Graham", "Joan"])
def test_they_hold_at_every_stage(case_of, sign_in, name, django_assert_max_num_queries):
    case = case_of(name)
    ada = Person.objects.get(user__email="ada@fairbourne.example")
    user, ada.user = ada.user, None
    ada.save(update_fields=["user"])
    Person.objects.filter(pk=case.person_id).update(communication_needs=["easy_read"], user=user)
    home = sign_in("ada").get("/home/").content.decode()
    said = re.search(r"leeway-easy.*?</section>", home, re.S)[0]
    assert "In easy words" in home and "{" not in said
    client = sign_in("ada")
    with django_assert_max_num_queries(QUERIES_MAX):
        page = client.get(f"/cases/{case.pk}/").content.decode()
    assert said in page, "the case page says the same"


@pytest.mark.django_db
def test_a_budget_that_was_not_agreed_is_no_budget_on_the_front_page_and_its_worker_is_told(case_of, sign_in):
    case, ada = case_of("Liam"), User.objects.get(email="ada@fairbourne.example")
    Person.objects.filter(user=ada).update(user=None)
    Person.objects.filter(pk=case.person_id).update(user=ada)
    home = sign_in("ada").get("/home/").content.decode()
    assert "You have £210.00 for help each week." in home and "You pay £65.25 of it each week." in home
    plan = open_plan(case)
    disagree(plan=plan, version=plan.version, words="I cannot pay that.", by=ada, on=timezone.localdate())
    home = sign_in("ada").get("/home/").content.decode()
    assert "£210.00" not in home and "You pay nothing." not in home
    assert "Something in the plan was not right. Your worker talks with you about it" in home
    told = sign_in("bea").get(f"/cases/{case.pk}/").content.decode()
    assert "The plan was not agreed. Talk about what is wrong, change it, and send it for sign-off again." in told
