"""Money asked back of a direct payment: no step is left out, by anybody, and each public failure is refused."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.circumstances.actions import record_death
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Relationship, Task
from leeway.care.people.queries import own_tasks
from leeway.care.review.models import Review
from leeway.messages.models import Message
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.recovery import actions, queries
from leeway.money.recovery.models import Item, Recovery, Step
from leeway.money.recovery.relations import RELATIONS
from leeway.money.recovery.states import Did, State
from leeway.money.spending import actions as spending
from leeway.money.spending.kinds import Kept
from leeway.refusal import NotAllowed, Refusal
from tests.money.spending.conftest import ON, SHOP, WAGES
from tests.money.spending.test_spending import arrived, came_back

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = "We would like to know what the wheels were for, since the plan does not have them."
TALKED = "I rang her: she bought a wheel for a friend, and is sorry."
AGAINST = "It was a wheel of my own chair. The shop can tell you."
LATER = ON + 28 * DAY


@pytest.fixture
def fiona(db):
    return User.objects.create_user(
        "fiona@council.example", "correct horse battery", name="Fiona Hale", roles=[Role.FINANCE_MANAGER]
    )


@pytest.fixture
def item(case, line_of, finn):
    """The shop's £150.00, asked about."""
    return ask(case, finn, line_of(SHOP))


def ask(case, by, line, because="not_for_needs", pence=None, on=ON, **told):
    given = {"pence": pence or -line.amount_pence, "what": "Wheels and More", "day": None, "reason": WHY} | told
    return actions.ask_about(case=case, line=line, because=because, **given, by=by, on=on)


def now(recovery, on=ON):
    return queries.standing(recovery, on)


def talk(recovery, by, reached=True, on=ON, when=None):
    return actions.talk(recovery=recovery, reached=reached, happened_on=when or on, words=TALKED, by=by, on=on)


def propose(recovery, by, on=ON):
    return actions.propose(recovery=recovery, words=WHY, seen=now(recovery, on).seen, by=by, on=on)


@pytest.fixture
def proposed(item, finn, ada_user):
    actions.answer(item=item, words="A wheel for a friend.", by=ada_user, on=ON)
    talk(item.recovery, finn)
    propose(item.recovery, finn)
    return item.recovery


@pytest.fixture
def written(proposed, fiona):
    actions.approve(recovery=proposed, seen=now(proposed).seen, by=fiona, on=ON)
    return proposed


def decide(recovery, by, on):
    return actions.decide(recovery=recovery, seen=now(recovery, on).seen, by=by, on=on)


def findings():
    return [found for relation in RELATIONS for found in relation.findings()]


def test_nobody_is_asked_for_money_who_was_not_asked_what_it_was(item, finn):
    """Money was taken back without notice, twice: here not even a proposal can be made."""
    with pytest.raises(Refusal, match=r"have not answered yet\. Wait until 14 June 2026"):
        propose(item.recovery, finn)
    assert Message.objects.filter(template="recovery_question").count() == 1
    after = ON + 14 * DAY
    with pytest.raises(Refusal, match="Speak with them first"):
        propose(item.recovery, finn, after)
    talk(item.recovery, finn, reached=False, on=after)
    talk(item.recovery, finn, reached=False, on=after)
    with pytest.raises(Refusal, match="or try on 2 days"):
        propose(item.recovery, finn, after)
    talk(item.recovery, finn, reached=False, on=after, when=after - DAY)
    assert propose(item.recovery, finn, after).pence == 150_00


def test_what_the_year_of_the_councils_own_delay_made_is_not_asked_back(case, item, finn, ada_user):
    Review.objects.filter(case=case).delete()
    Review.objects.create(case=case, reason="Planned", due_on=date(2026, 5, 1))
    actions.answer(item=item, words="A wheel for a friend.", by=ada_user, on=ON)
    talk(item.recovery, finn)
    with pytest.raises(Refusal, match="nothing is left to ask back"):
        propose(item.recovery, finn)
    steps = queries.weigh(now(item.recovery)).steps
    assert any("The review due by 1 May 2026 was not held." in step["sentence"] for step in steps)


def test_redundancy_that_is_kept_is_no_surplus(case, may, budget, finn, ada_user):
    """After a payment that nobody reviewed, redundancy pay was asked back as money left over."""
    left = ask(case, finn, None, "surplus", 149_85, what="What is left over")
    spending.set_aside(case=case, kind=Kept.REDUNDANCY, amount_pence=600_00, reason="If Sam leaves", by=ada_user, on=ON)
    outcome = queries.weigh(now(left.recovery))
    assert outcome.result["back_pence"] == 0
    assert "Redundancy pay, set aside: £600.00." in [step["sentence"] for step in outcome.steps]


def test_a_second_person_agrees_and_sees_what_was_seen(proposed, finn, fay, fiona):
    with pytest.raises(NotAllowed):
        actions.approve(recovery=proposed, seen=now(proposed).seen, by=fay, on=ON)
    finn.roles = [Role.FINANCE_MANAGER]
    finn.save()
    with pytest.raises(Refusal, match="Another person looks"):
        actions.approve(recovery=proposed, seen=now(proposed).seen, by=finn, on=ON)
    with pytest.raises(Refusal, match="since you opened this page"):
        actions.approve(recovery=proposed, seen="0-1-0-0", by=fiona, on=ON)
    assert now(proposed).state == State.PROPOSED and not Message.objects.filter(template="recovery_notice").exists()


def test_nothing_is_decided_before_the_notice_is_over(written, finn):
    assert now(written).state == State.NOTICE and Message.objects.filter(template="recovery_notice").count() == 1
    with pytest.raises(Refusal, match="They have until 28 June 2026 to answer"):
        decide(written, finn, LATER - DAY)
    assert decide(written, finn, LATER).pence == 150_00


def test_a_challenge_stops_the_clock_until_a_manager_without_a_part_in_it_answers(written, finn, ada_user, mona, bea):
    """A council refused to discuss it: here nothing goes on until somebody else has answered with reasons."""
    actions.challenge(recovery=written, words=AGAINST, by=ada_user, on=ON + 10 * DAY)
    with pytest.raises(Refusal, match="stands so: challenged"):
        decide(written, finn, LATER)
    assert Task.objects.filter(whose="manager", done_on=None, kind="recovery_challenged").count() == 1
    answered_on = ON + 40 * DAY
    with pytest.raises(NotAllowed):
        actions.answer_challenge(recovery=written, upheld=False, words=WHY, by=bea, on=answered_on)
    with pytest.raises(Refusal, match="Say whether"):
        actions.answer_challenge(recovery=written, upheld=None, words=WHY, by=mona, on=answered_on)
    actions.answer_challenge(recovery=written, upheld=False, words=WHY, by=mona, on=answered_on)
    stands = now(written, answered_on)
    assert (stands.state, stands.days_gone) == (State.NOTICE, 9) and not Task.objects.filter(
        kind="recovery_challenged", done_on=None
    ).exists()
    with pytest.raises(Refusal, match="They have until"):
        decide(written, finn, answered_on + 18 * DAY)
    decide(written, finn, answered_on + 19 * DAY)


def test_an_agreement_from_before_a_challenge_ends_no_notice(written, finn, ada_user, mona):
    actions.reply(recovery=written, agrees=True, monthly_pence=0, words="", by=ada_user, on=ON)
    actions.challenge(recovery=written, words=AGAINST, by=ada_user, on=ON + DAY)
    actions.answer_challenge(recovery=written, upheld=False, words=WHY, by=mona, on=ON + DAY)
    with pytest.raises(Refusal, match="They have until"):
        decide(written, finn, ON + DAY)
    actions.challenge(recovery=written, words=AGAINST, by=ada_user, on=ON + 2 * DAY)
    actions.answer_challenge(recovery=written, upheld=False, words=WHY, by=mona, on=ON + 2 * DAY)


def test_what_came_before_a_challenge_that_was_right_is_paid_back(case, written, finn, ada_user, mona):
    arrived(case, 800_00)
    actions.reply(recovery=written, agrees=True, monthly_pence=0, words="", by=ada_user, on=ON)
    decide(written, finn, ON)
    given = actions.give_back_money(
        recovery=written, pence=100_00, received_on=ON, words="Bank line of that day", by=finn, on=ON
    )
    actions.challenge(recovery=written, words=AGAINST, by=ada_user, on=ON + DAY)
    actions.answer_challenge(recovery=written, upheld=True, words=WHY, by=mona, on=ON + DAY)
    assert [each.too_much_pence for each in queries.open_recoveries(seen_by=finn, on=ON + DAY)] == [100_00]
    actions.not_given_back(step=given, words="Paid back to her today.", by=finn, on=ON + DAY)
    assert queries.open_recoveries(seen_by=finn, on=ON + DAY) == [] and findings() == []


def test_what_was_paid_after_an_end_is_no_more_than_was_paid_after_one(case, budget, finn):
    with pytest.raises(Refusal, match="No budget ended before that day"):
        ask(case, finn, None, "after_end", 100_00, day=ON, what="June")


def test_what_is_asked_later_is_talked_about_too(case, item, line_of, finn, ada_user):
    actions.answer(item=item, words="A wheel for a friend.", by=ada_user, on=ON)
    talk(item.recovery, finn)
    later = ON + 3 * DAY
    more = ask(case, finn, line_of(WAGES), on=later)
    actions.answer(item=more, words="Her wages of May.", by=ada_user, on=later)
    with pytest.raises(Refusal, match="Speak with them first"):
        propose(item.recovery, finn, later)


def test_the_worker_puts_down_what_they_were_told(written, bea):
    """Who does not sign in answers by phone, and is heard."""
    actions.challenge(recovery=written, words=AGAINST, by=bea, on=ON)
    assert now(written).state == State.CHALLENGED


def test_the_first_page_says_what_to_answer_and_no_more_once_it_is(case, item, finn, fiona, ada_user, mona, client):
    """What was asked about, and the letter, were to be found under “See everything” alone."""
    client.force_login(ada_user)
    recovery, at = item.recovery, reverse("recovery:own", args=[case.pk])

    def to_do():
        page = client.get(reverse("home")).content.decode()
        asks = ("Answer what we asked about", "Read our letter about", "Your challenge waits for a manager’s answer")
        return [each for each in asks if f'href="{at}">{each}' in page]

    assert to_do() == ["Answer what we asked about"]
    actions.answer(item=item, words="A wheel for a friend.", by=ada_user, on=ON)
    talk(recovery, finn)
    propose(recovery, finn)
    assert to_do() == []
    actions.approve(recovery=recovery, seen=now(recovery).seen, by=fiona, on=ON)
    assert to_do() == ["Read our letter about"]
    actions.reply(recovery=recovery, agrees=True, monthly_pence=0, words="", by=ada_user, on=ON)
    assert to_do() == []
    actions.challenge(recovery=recovery, words=AGAINST, by=ada_user, on=ON)
    assert to_do() == ["Your challenge waits for a manager’s answer"]
    actions.answer_challenge(recovery=recovery, upheld=False, words=WHY, by=mona, on=ON)
    assert to_do() == ["Read our letter about"]
    actions.withdraw(recovery=recovery, words="She showed the receipt.", by=finn, on=ON)
    assert to_do() == []


def test_a_challenge_that_was_right_ends_it(written, ada_user, mona):
    actions.challenge(recovery=written, words=AGAINST, by=ada_user, on=ON + DAY)
    actions.answer_challenge(recovery=written, upheld=True, words=WHY, by=mona, on=ON + DAY)
    assert now(written).state == State.WITHDRAWN
    with pytest.raises(Refusal, match="cannot be done now"):
        actions.challenge(recovery=written, words=AGAINST, by=ada_user, on=ON + DAY)


def test_who_would_be_left_short_is_asked_for_what_they_offer_or_for_nothing(written, finn, ada_user):
    actions.reply(recovery=written, agrees=False, monthly_pence=0, words="It is my food money.", by=ada_user, on=ON)
    with pytest.raises(Refusal, match="offered no amount"):
        decide(written, finn, LATER)
    with pytest.raises(Refusal, match="Offer that or less") as refused:
        actions.reply(recovery=written, agrees=False, monthly_pence=150_01, words="Ten a month", by=ada_user, on=ON)
    assert refused.value.field == "monthly"
    actions.reply(recovery=written, agrees=False, monthly_pence=10_00, words="Ten a month", by=ada_user, on=ON)
    decided = decide(written, finn, LATER)
    assert (decided.pence, decided.words) == (150_00, "At £10.00 a month, as was offered.")


def test_less_is_decided_where_less_comes_out_by_then_and_never_more(case, written, finn, ada_user):
    actions.reply(recovery=written, agrees=True, monthly_pence=0, words="", by=ada_user, on=ON)
    Review.objects.filter(case=case).delete()
    Review.objects.create(case=case, reason="Planned", due_on=date(2026, 5, 1))
    with pytest.raises(Refusal, match="nothing is left to ask back"):
        decide(written, finn, ON + DAY)


def test_what_comes_back_leaves_their_hands_in_the_books_once_and_is_put_right(case, written, finn, ada_user):
    arrived(case, 800_00)
    actions.reply(recovery=written, agrees=True, monthly_pence=0, words="", by=ada_user, on=ON)
    decide(written, finn, ON)
    held = Account.objects.get(kind=Kind.HELD_BY_PERSON, case=case)

    def came(pence, on=ON + DAY):
        return actions.give_back_money(
            recovery=written, pence=pence, received_on=on, words="Bank line of that day", by=finn, on=on
        )

    first = came(100_00)
    with pytest.raises(Refusal, match=r"£50\.00 is still to be given back"):
        came(50_01)
    assert (balance(held), now(written).state, now(written).left_pence) == (700_00, State.DUE, 50_00)
    came(50_00)
    assert (balance(held), now(written).state) == (650_00, State.OVER) and findings() == []
    actions.not_given_back(step=first, words="It was another payment.", by=finn, on=ON + DAY)
    assert (balance(held), now(written).state, now(written).left_pence) == (750_00, State.DUE, 100_00)
    with pytest.raises(Refusal, match="put right already"):
        actions.not_given_back(step=first, words="It was another payment.", by=finn, on=ON + DAY)
    assert findings() == []


def test_what_was_given_of_a_payment_that_came_back_was_their_own(case, written, finn, ada_user):
    arrived(case, 500_00)
    actions.reply(recovery=written, agrees=True, monthly_pence=0, words="", by=ada_user, on=ON)
    decide(written, finn, ON)
    for pence in (100_00, 50_00):
        actions.give_back_money(
            recovery=written, pence=pence, received_on=ON, words="Line 4 of that day", by=finn, on=ON
        )
    arrived(case, 120_00)
    came_back(case, 500_00)
    tell(case=case, kind=Event.PAYMENT_RETURNED, sentence="£500.00 came back: closed", by=finn, on=ON + DAY)
    held = Account.objects.get(kind=Kind.HELD_BY_PERSON, case=case)
    assert (balance(held), now(written).left_pence, findings()) == (20_00, 50_00, [])
    assert Task.objects.filter(kind=Event.RECOVERY_GIVEN_BACK, what__contains="gave back £50.00").count() == 1


def test_what_is_all_right_is_settled_and_the_whole_can_be_withdrawn_at_any_step(item, written, finn):
    with pytest.raises(Refusal, match="proposed already"):
        actions.drop(item=item, reason="She showed the receipt.", by=finn, on=ON)
    actions.withdraw(recovery=written, words="She showed the receipt.", by=finn, on=ON)
    assert now(written).state == State.WITHDRAWN
    assert Message.objects.filter(template="recovery_answered").count() == 1


def test_a_payment_is_asked_about_once_and_for_no_more_than_it_was(case, item, line_of, finn, bea):
    with pytest.raises(Refusal, match="asked about already"):
        ask(case, finn, line_of(SHOP))
    actions.drop(item=item, reason="She showed the receipt.", by=finn, on=ON)
    with pytest.raises(Refusal, match=r"The payment was £150\.00") as refused:
        ask(case, finn, line_of(SHOP), pence=150_01)
    assert refused.value.field == "pence"
    with pytest.raises(Refusal, match="money that came in"):
        ask(case, finn, line_of(800_00), pence=1)
    with pytest.raises(NotAllowed):
        ask(case, bea, line_of(SHOP))
    assert ask(case, finn, line_of(SHOP)).recovery == item.recovery, "one at a time, while it is understood"


def test_only_the_person_or_who_has_leave_answers(item, written, stranger_user, tom):
    for act in (
        lambda by: actions.challenge(recovery=written, words=AGAINST, by=by, on=ON),
        lambda by: actions.reply(recovery=written, agrees=True, monthly_pence=0, words="", by=by, on=ON),
    ):
        with pytest.raises(NotAllowed):
            act(stranger_user)
    actions.challenge(recovery=written, words=AGAINST, by=tom, on=ON)


@pytest.fixture
def stranger_user(db):
    return User.objects.create_user("s@home.example", "correct horse battery", name="Sid", roles=[Role.PERSON])


def test_it_is_kept_as_it_was_and_its_working_comes_out_again(written):
    assert findings() == []
    for change in (
        lambda: Step.objects.update(pence=1),
        lambda: Item.objects.update(pence=1),
        lambda: Recovery.objects.update(opened_on=ON - DAY),
        lambda: Step.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    bent = Step.objects.get(did=Did.APPROVED)
    bent.weighed["inputs"]["items"][0]["pence"] = 1
    bent.pk, bent.number = None, 99
    bent.save(force_insert=True)
    assert any("does not come out again" in found for found in findings())


def test_finance_and_ada_do_it_on_their_pages(case, line_of, finn, fiona, ada_user, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: ON)

    def read(user, address, **answers):
        client.force_login(user)
        found = client.post(address, answers, follow=True) if answers else client.get(address)
        assert found.status_code == 200
        return found.content.decode()

    own = reverse("recovery:own", args=[case.pk])
    assert "Nothing is asked about." in read(ada_user, own)
    asked = reverse("recovery:ask_of", args=[case.pk, line_of(SHOP).pk])
    assert "Enter the amount" in read(finn, asked, because="not_for_needs", pence="", what="A wheel", reason=WHY)
    read(finn, asked, because="not_for_needs", pence="150", what="A wheel", reason=WHY)
    item = Item.objects.get()
    assert WHY in read(ada_user, own)
    read(ada_user, reverse("recovery:own_answer", args=[case.pk, item.pk]), words="A wheel for a friend.")

    def step(user, name, **answers):
        address = reverse("recovery:step", args=[item.recovery.pk, name])
        return read(user, address, seen=now(item.recovery).seen, **answers)

    day = {"happened_on_day": "31", "happened_on_month": "5", "happened_on_year": "2026"}
    step(finn, "talk", reached="True", words=TALKED, **day)
    assert "£150.00" in step(finn, "propose", words=WHY)
    assert "Agree, and write to the person" in read(fiona, reverse("recovery:show", args=[item.recovery.pk]))
    step(fiona, "approve")
    page = read(ada_user, own)
    assert "Please answer by <strong>28 June 2026</strong>" in page and "Ombudsman" in page
    reply = reverse("recovery:own_reply", args=[case.pk, item.recovery.pk])
    assert "28 June" not in read(ada_user, reply, agrees="True", monthly="25", words="")
    assert "£150.00" in step(finn, "decide")
    assert "£150.00 to give back" in read(ada_user, own)
    assert "Ada Bell" in read(finn, reverse("recovery:home"))


@pytest.fixture
def shown(client, monkeypatch):
    """What a user reads under the name of a page, on a day."""

    def read(user, name, *args, on=ON):
        monkeypatch.setattr(timezone, "localdate", lambda *_: on)
        client.force_login(user)
        return client.get(reverse(f"recovery:{name}", args=args))

    return read


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_the_letter_lists_each_thing_what_speaks_against_it_and_how_to_say_no(
    case, may, item, proposed, finn, fiona, bea, ada_user, tom, stranger_user, shown
):
    at = case.pk, proposed.pk
    assert shown(ada_user, "letter", *at).status_code == 404, "nothing is written before a second person agreed"
    assert "This has not been sent." in words(shown(fiona, "letter", *at))
    assert "Read the letter as it would be sent" in words(shown(fiona, "step", proposed.pk, "approve"))
    actions.approve(recovery=proposed, seen=now(proposed).seen, by=fiona, on=ON)
    for user in (ada_user, tom, bea, finn, fiona):
        read = words(shown(user, "letter", *at))
        for said in (
            "We ask you to give back £150.00", "Please answer by 28 June 2026", "We spoke about this on 31 May 2026",
            "Wheels and More, 21 May 2026 In the bank’s words: WHEELS AND MORE", "You said: “A wheel for a friend.”",
            "We ask back £150.00", "If it would leave you short", "challenge it", "Ombudsman", "Fiona Hale",
        ):  # fmt: skip
            assert said in read, (user.name, said)
    assert shown(stranger_user, "letter", *at).status_code == 404
    pdf = shown(ada_user, "letter_pdf", *at)
    assert pdf["Content-Type"] == "application/pdf" and b"<pdfuaid:part>1" in pdf.content
    for user in (ada_user, finn, fiona):
        page = shown(user, "own", case.pk).content.decode()
        assert reverse("recovery:letter", args=at) in page
        assert (reverse("recovery:show", args=[proposed.pk]) in page) == user.is_staff_member
    actions.challenge(recovery=proposed, words=AGAINST, by=ada_user, on=ON + DAY)
    assert "You challenged this on 1 June 2026." in words(shown(ada_user, "letter", *at, on=ON + DAY))


def test_what_was_taken_off_stands_in_the_letter(case, item, line_of, finn, fiona, ada_user, shown):
    """The year of the council's own delay: the wheels of 21 May are not asked back, the wages of 8 May are."""
    more = ask(case, finn, line_of(WAGES), what="Wages of a friend")
    Review.objects.filter(case=case).delete()
    Review.objects.create(case=case, reason="Planned", due_on=date(2026, 5, 10))
    for each in (item, more):
        actions.answer(item=each, words="It was for a friend.", by=ada_user, on=ON)
    talk(item.recovery, finn)
    propose(item.recovery, finn)
    actions.approve(recovery=item.recovery, seen=now(item.recovery).seen, by=fiona, on=ON)
    read = words(shown(ada_user, "letter", case.pk, item.recovery_id))
    assert "Our own delay Wheels and More, 21 May 2026. The review due by 10 May 2026 was not held." in read
    assert "-£150.00" in read.replace("−", "-") and "We ask you to give back £480.00" in read


def test_each_task_is_whose_work_it_can_be_and_leads_to_it(
    case, proposed, finn, fay, fiona, bea, mona, ada_user, shown, client
):
    def may(user, step):
        own = [task.kind for task in own_tasks(user) if task.kind.startswith("recovery")]
        page = shown(user, "show", proposed.pk).content.decode()
        opened = reverse("recovery:step", args=[proposed.pk, step]) in page
        home = client.get(reverse("home")).content.decode()
        return own, opened, not own or reverse("recovery:own", args=[case.pk]) in home

    asked = ["recovery_proposed"]
    assert may(fiona, "approve") == (asked, True, True)
    assert [may(each, "approve") for each in (finn, fay)] == [([], False, True)] * 2, "they cannot agree to it"
    actions.approve(recovery=proposed, seen=now(proposed).seen, by=fiona, on=ON)
    assert own_tasks(fiona).count() == 0 and may(bea, "decide")[::2] == (["recovery_written"], True)
    actions.challenge(recovery=proposed, words=AGAINST, by=ada_user, on=ON)
    assert may(mona, "answer-challenge") == (["recovery_challenged"], True, True)
    for name, args in (("step", (proposed.pk, "answer-challenge")), ("own", (case.pk,))):
        read = words(shown(mona, name, *args))
        assert AGAINST in read and "A wheel for a friend." in read and f"Why we ask for it: {WHY}" in read
    back = [f'href="{reverse("recovery:home")}"' in page for page in _pages_of(shown, proposed.pk, mona, finn)]
    assert back == [False, True], "a manager of a team has no list of every recovery to go back to"


def _pages_of(shown, recovery_id, *users):
    return [shown(user, "show", recovery_id).content.decode() for user in users]


def test_after_a_death_whoever_settles_it_reads_by_when_to_answer(case, proposed, fiona, bea, shown):
    record_death(case=case, died_on=ON, told_by="Ruth Bell, by phone", by=bea, on=ON)
    with pytest.raises(Refusal, match="Put on record who settles"):
        actions.approve(recovery=proposed, seen=now(proposed).seen, by=fiona, on=ON)
    Relationship.objects.create(
        person=case.person, name="Ruth Bell", kind="child", authority="representative", evidence="Form seen",
        starts_on=ON, email="ruth@home.example",
    )  # fmt: skip
    actions.approve(recovery=proposed, seen=now(proposed).seen, by=fiona, on=ON)
    written = Message.objects.get(template="recovery_notice_after_death")
    assert written.recipient_name == "Ruth Bell" and "28 June 2026" in written.body
    read = words(shown(fiona, "letter", case.pk, proposed.pk))
    assert "leave you short" not in read and "You said" not in read and "They said: “A wheel for a friend.”" in read
    assert "Dear Ruth Bell," in read and "Nothing is asked of you yourself" in read and "28 June 2026" in read
