"""The pages: who may read, and that page and PDF are one letter."""

import html
import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from leeway.care.letters.content import letter_of
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from tests.conftest import TODAY

from .reading import words


def text_of(response) -> str:
    """What a page says, without its marks."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", response.content.decode()))


@pytest.fixture
def charge(decide):
    return decide("charge", "G1")


def addresses(case, charge, plan) -> list[str]:
    return [
        reverse("letters:list", args=[case.pk]),
        reverse("letters:letter", args=[case.pk, charge.pk]),
        reverse("letters:letter_pdf", args=[case.pk, charge.pk]),
        reverse("letters:plan", args=[case.pk, plan.number]),
        reverse("letters:plan_pdf", args=[case.pk, plan.number]),
    ]


def test_ada_and_her_worker_read_every_letter(client, case, charge, plan, bea, ada_user):
    for reader in (bea, ada_user):
        client.force_login(reader)
        for address in addresses(case, charge, plan):
            assert client.get(address).status_code == 200, address


def test_a_stranger_is_refused_everywhere(client, case, charge, plan, cyril):
    client.force_login(cyril)
    for address in addresses(case, charge, plan):
        assert client.get(address).status_code == 404, address


def test_a_visitor_is_sent_to_sign_in(client, case, charge, plan):
    for address in addresses(case, charge, plan):
        assert client.get(address).status_code == 302, address


def test_another_persons_case_does_not_open_the_letter(client, charge, cyril, team, bea):
    from leeway.care.people.models import Case, Person

    other = Person.objects.create(given_name="Cyril", family_name="Crane", date_of_birth="1950-01-01", user=cyril)
    his = Case.objects.create(person=other, team=team, worker=bea, opened_on="2026-11-01", request_words="Help")
    client.force_login(cyril)
    assert client.get(reverse("letters:letter", args=[his.pk, charge.pk])).status_code == 404
    assert client.get(reverse("letters:plan", args=[his.pk, 1])).status_code == 404


def test_the_page_says_all_that_the_letter_says(client, case, charge, ada_user):
    client.force_login(ada_user)
    page = text_of(client.get(reverse("letters:letter", args=[case.pk, charge.pk])))
    for line in words(letter_of(charge)).splitlines():
        assert line.removeprefix("https://") in page, line


def test_the_pdf_is_named_for_what_it_is(client, case, charge, bea):
    client.force_login(bea)
    response = client.get(reverse("letters:letter_pdf", args=[case.pk, charge.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert 'filename="what-you-pay-towards-your-support-2026-11-23.pdf"' in response["Content-Disposition"]
    assert b"<pdfuaid:part>1" in response.content


def test_what_somebody_typed_is_never_markup(client, case, plan, ada_user):
    plan.about_me = "<script>alert(1)</script> #read(\"/etc/passwd\")"  # fmt: skip
    plan.save()
    client.force_login(ada_user)
    page = client.get(reverse("letters:plan", args=[case.pk, 1])).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert client.get(reverse("letters:plan_pdf", args=[case.pk, 1])).status_code == 200


def test_a_letter_that_cannot_be_printed_is_shown_with_the_reason(client, case, charge, bea, ada):
    ada.address = "\U00012000 Street"
    ada.save()
    client.force_login(bea)
    response = client.get(reverse("letters:letter_pdf", args=[case.pk, charge.pk]))
    assert response["Content-Type"].startswith("text/html")
    assert "The PDF cannot be made" in text_of(response) and "£95.52" in text_of(response)


def test_the_list_keeps_apart_what_stands_and_what_was_replaced(client, case, decide, bea):
    client.force_login(bea)
    assert "There are no letters yet." in text_of(client.get(reverse("letters:list", args=[case.pk])))
    decide("charge", "G2")
    decide("charge", "G1")
    page = text_of(client.get(reverse("letters:list", args=[case.pk])))
    assert page.index("Decisions that stand now") < page.index("Earlier decisions, replaced since")
    assert page.count("What you pay towards your support") == 4, "in two tables, each with its PDF"


def test_pages_take_few_queries(client, case, charge, plan, bea, django_assert_max_num_queries):
    client.force_login(bea)
    for address in addresses(case, charge, plan):
        with django_assert_max_num_queries(20):
            client.get(address)


def test_finance_reads_the_money_and_an_assessment_with_a_reason_alone(client, case, decide, charge, plan, finn):
    Case.objects.filter(pk=case.pk).update(stage=Stage.ARRANGING)
    eligibility = decide("eligibility", "Ada")
    of_care = [reverse(name, args=[case.pk]) for name in ("assessment:overview", "assessment:result", "review:show")]
    told = (eligibility, decide("allocation", "Ada:"))
    of_care += [reverse(name, args=[case.pk, one.pk]) for name in ("decisions:show", "letters:letter") for one in told]
    of_care += [reverse(name, args=[case.pk, plan.number]) for name in ("letters:plan", "letters:plan_pdf")]
    of_money = [reverse(name, args=[case.pk]) for name in ("case", "assessment:money", "budgets:show", "letters:list")]
    of_money += [reverse(name, args=[case.pk, charge.pk]) for name in ("decisions:show", "letters:letter")]
    client.force_login(finn)
    for address in of_money:
        assert client.get(address).status_code == 200, address
    asks = reverse("people:reason", args=[case.person_id])
    for address in of_care:
        assert client.get(address).headers["Location"].startswith(asks), address
    client.post(asks, {"reason": "A provider's hours do not fit the plan.", "next": "/"})
    for address in of_care:
        assert client.get(address).status_code in (200, 302), address
        assert not client.get(address).headers.get("Location", "").startswith(asks), address


def test_finance_reads_the_story_of_the_money_and_the_rest_with_a_reason_alone(client, case, bea, finn):
    Case.objects.filter(pk=case.pk).update(stage=Stage.ARRANGING, request_words="I fell and cannot wash")
    case.refresh_from_db()
    people.tell(case=case, kind=Event.DISAGREED, sentence="Ada told Bea of her brother", by=bea, on=TODAY)
    people.tell(case=case, kind=Event.BUDGET_ENDED, sentence="The budget ended", by=bea, on=TODAY)
    files = {
        kind: people.add_file(
            case=case,
            upload=ContentFile(kind.encode(), f"{kind}.txt"),
            kind=kind,
            words=f"A {kind} of hers",
            by=bea,
            on=TODAY,
        )
        for kind in ("receipt", "letter")
    }
    of_care = ["I fell and cannot wash", "Ada told Bea of her brother", "A letter of hers"]
    of_money = ["The budget ended", "A receipt of hers"]

    def shown() -> str:
        pages = [reverse(name, args=[case.pk]) for name in ("case", "people:files")]
        return "".join(client.get(page).content.decode() for page in pages)

    def opens(kind: str) -> bool:
        return client.get(reverse("files:show", args=[files[kind].pk])).status_code == 200

    client.force_login(bea)
    assert all(words in shown() for words in of_care + of_money) and "your part of this case" not in shown()
    client.force_login(finn)
    assert not any(words in shown() for words in of_care) and all(words in shown() for words in of_money)
    assert opens("receipt") and not opens("letter")
    client.post(
        reverse("people:reason", args=[case.person_id]), {"reason": "The hours do not fit the plan.", "next": "/"}
    )
    assert all(words in shown() for words in of_care + of_money) and opens("letter")
