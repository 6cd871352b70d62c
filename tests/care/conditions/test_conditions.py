"""Conditions of a direct payment: a reason of the person's own case, an end, a challenge that is answered."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.conditions import actions, queries
from leeway.care.conditions.kinds import Because, What
from leeway.care.conditions.models import Condition
from leeway.care.people.models import Task
from leeway.messages.models import Message
from leeway.refusal import NotAllowed, Refusal

pytestmark = pytest.mark.django_db
ON, UNTIL = date(2026, 4, 1), date(2026, 9, 30)
CARD = {
    "what": What.CARD,
    "words": "The payment comes on the council’s card.",
    "because": Because.MANAGE,
    "reason": "He lost two bank cards, and asks for one that the team can stop.",
    "offered": "His own account, and an account that a firm holds: he wants neither of them now.",
    "said_of_it": "He said that he would try it until autumn.",
    "starts_on": ON,
    "ends_on": UNTIL,
}


@pytest.fixture
def other_manager(mona):
    return User.objects.create_user(
        "max@council.example", "correct horse battery", name="Max Hill", roles=[Role.MANAGER], team=mona.team
    )


@pytest.fixture
def card(case, mona):
    return set_one(case, mona)


def set_one(case, by, on=ON, **told):
    return actions.set_condition(case=case, **(CARD | told), by=by, on=on)


@pytest.mark.parametrize(
    ("told", "refusal", "field"),
    [
        ({"because": Because.SHOW}, "ask for less", "because"),
        ({"offered": ""}, "Nobody can be made to take this one", "offered"),
        ({"what": What.THIRD_PARTY, "offered": "no"}, "Nobody can be made", "offered"),
        ({"what": What.LIST, "words": "Sunrise Home Care only"}, "cannot say by whom needs are met", "words"),
        ({"reason": "Our policy"}, "a rule for everybody is no reason", "reason"),
        ({"said_of_it": "-"}, "what the person said", "said_of_it"),
        ({"ends_on": date(2027, 4, 2)}, "within a year", "ends_on"),
        ({"ends_on": date(2026, 3, 31)}, "within a year", "ends_on"),
        ({"starts_on": date(2026, 3, 1)}, "today or a later day", "starts_on"),
    ],
)
def test_what_takes_choice_away_needs_a_reason_of_this_person_and_an_end(case, mona, told, refusal, field):
    with pytest.raises(Refusal, match=refusal) as refused:
        set_one(case, mona, **told)
    assert refused.value.field == field and not Condition.objects.exists()


def test_a_manager_sets_it_and_the_person_is_written_to(case, mona, bea):
    with pytest.raises(NotAllowed):
        set_one(case, bea)
    condition = set_one(case, mona)
    told = Message.objects.get(template="condition_set").body
    assert "1 April 2026" in told and "card" not in told and "you can say so" in told
    days = [condition.holds_on(day) for day in (ON - timedelta(1), ON, UNTIL, UNTIL + timedelta(1))]
    assert days == [False, True, True, False]
    for change in ({"words": "Another"}, {"ends_on": date(2030, 1, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Condition.objects.filter(pk=condition.pk).update(**change)


def test_a_challenge_is_answered_by_a_manager_who_did_not_set_it(card, ada_user, mona, other_manager, bea):
    with pytest.raises(NotAllowed):
        actions.challenge(condition=card, words="The shop takes no cards.", by=bea, on=ON)
    made = actions.challenge(condition=card, words="The shop takes no cards.", by=ada_user, on=ON)
    assert Task.objects.get(kind="condition_challenged", done_on=None).whose == "manager"
    with pytest.raises(Refusal, match="challenged already"):
        actions.challenge(condition=card, words="The shop takes no cards.", by=ada_user, on=ON)
    words = "The shop next door takes none, so cash has to be possible."
    with pytest.raises(NotAllowed, match="Another manager answers"):
        actions.answer(challenge=made, was_right=False, words=words, by=mona, on=ON)
    actions.answer(challenge=made, was_right=True, words=words, by=other_manager, on=ON)
    card.refresh_from_db()
    assert (card.ended_on, card.ended_because) == (ON, words) and not card.holds_on(ON)
    assert not Task.objects.filter(kind="condition_challenged", done_on=None).exists()
    assert "Ombudsman" in Message.objects.get(template="condition_answered").body
    with pytest.raises(Refusal, match="is over"):
        actions.challenge(condition=card, words="The shop takes no cards.", by=ada_user, on=ON)


def test_it_stands_where_it_was_right_and_ends_early_with_a_reason(card, ada_user, mona, other_manager):
    made = actions.challenge(condition=card, words="The shop takes no cards.", by=ada_user, on=ON)
    words = "The shop takes them since March, as we saw together."
    actions.answer(challenge=made, was_right=False, words=words, by=other_manager, on=ON)
    card.refresh_from_db()
    assert card.holds_on(ON)
    with pytest.raises(Refusal, match="why it ends"):
        actions.end_condition(condition=card, reason="ok", by=mona, on=ON)
    actions.end_condition(condition=card, reason="He has an account of his own now.", by=mona, on=ON + timedelta(9))
    card.refresh_from_db()
    assert card.holds_on(ON + timedelta(8)) and not card.holds_on(ON + timedelta(9))
    assert queries.report(seen_by=mona, on=ON + timedelta(9)).conditions == []


def test_the_report_counts_what_is_asked_and_why_and_has_the_challenged_first(
    card, another_case, ada_user, mona, bea, django_assert_max_num_queries
):
    tell = {"what": What.TELL, "words": "The statement, each quarter.", "because": Because.SHOW}
    set_one(another_case("Ben"), mona, **tell)
    actions.challenge(condition=card, words="The shop takes no cards.", by=ada_user, on=ON)
    with django_assert_max_num_queries(5):
        report = queries.report(seen_by=mona, on=ON)
    assert [each.is_challenged for each in report.conditions] == [True, False]
    assert [(kind.value, many) for kind, many in report.by_what] == [("card", 1), ("tell", 1)]
    assert [(kind.value, many) for kind, many in report.by_reason] == [("manage", 1), ("show", 1)]
    with pytest.raises(NotAllowed):
        queries.report(seen_by=bea, on=ON)


def test_manager_and_person_do_it_on_their_pages(client, case, ada_user, mona, other_manager, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)

    def day(name, on):
        return {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}

    def post(who, name, *args, **told):
        client.force_login(who)
        return client.post(reverse(f"conditions:{name}", args=[case.pk, *args]), told, follow=True).content.decode()

    told = {name: CARD[name] for name in ("what", "words", "because", "reason", "offered", "said_of_it")}
    days = day("starts_on", ON) | day("ends_on", UNTIL)
    assert "Choose for which reason." in post(mona, "set", **(told | days | {"because": ""}))
    assert "It is on record" in post(mona, "set", **told, **days)
    condition = Condition.objects.get()
    client.force_login(ada_user)
    page = client.get(reverse("conditions:show", args=[case.pk])).content.decode()
    assert "It is paid on a card only" in page and "It is not right" in page and "Set a condition" not in page
    assert "answers you, with reasons" in post(ada_user, "challenge", condition.pk, words="The shop takes no cards.")
    made = condition.challenges.get()
    client.force_login(other_manager)
    assert "Challenged" in client.get(reverse("conditions:home")).content.decode()
    said = {"was_right": "yes", "words": "Cash has to be possible, since the shop takes no cards."}
    assert "they are told" in post(other_manager, "answer", made.pk, **said)
    assert (
        "ended on 1 April 2026 by Max Hill" in client.get(reverse("conditions:show", args=[case.pk])).content.decode()
    )
