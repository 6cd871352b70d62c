"""People, those around them, and who has the case: each action's permission, and what it refuses."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.http import Http404
from django.utils import timezone

from leeway.access.invitations import invitation_path
from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.people import actions, leave, queries
from leeway.care.people.models import Authority, Case, Relationship, RelationshipKind
from leeway.care.people.states import Stage
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from leeway.versions import version_of

TODAY = date(2026, 11, 23)
SITE = "https://leeway.example"
DORA = {"given_name": "Dora", "family_name": "Elm", "date_of_birth": TODAY.replace(year=1950)}


@pytest.fixture
def greta(team):
    """Another assessor of Bea's team, with no part in Ada's case."""
    return User.objects.create_user("greta@council.example", name="Greta Lund", roles=[Role.ASSESSOR], team=team)


@pytest.fixture
def sam(ada):
    """Ada's brother, who is recorded and may see nothing yet."""
    return Relationship.objects.create(
        person=ada, name="Sam Bell", kind=RelationshipKind.SIBLING, starts_on=TODAY - timedelta(days=30)
    )


def details_of(person, **changed):
    names = ("given_name", "family_name", "date_of_birth", "nhs_number", "phone")
    return {name: getattr(person, name) for name in names} | changed


def test_nobody_but_caseworkers_puts_people_on_record(finn, ada_user, bea):
    for by in (finn, ada_user):
        with pytest.raises(NotAllowed):
            actions.add_person(details=DORA, by=by, on=TODAY)
    assert str(actions.add_person(details=DORA, by=bea, on=TODAY)) == "Dora Elm"


def test_an_nhs_number_belongs_to_one_person(ada, bea):
    with pytest.raises(Refusal, match="already on record"):
        actions.add_person(details=DORA | {"nhs_number": ada.nhs_number}, by=bea, on=TODAY)


def test_details_are_changed_by_those_who_work_on_the_case(case, bea, mona, greta, ada_user):
    for by in (greta, ada_user):
        with pytest.raises(NotAllowed):
            actions.change_person(person=case.person, details=details_of(case.person), version=1, by=by, on=TODAY)
    actions.change_person(
        person=case.person, details=details_of(case.person, phone="01522 111 111"), version=1, by=bea, on=TODAY
    )
    with pytest.raises(EditedMeanwhile):
        actions.change_person(
            person=case.person, details=details_of(case.person, phone="01522 222 222"), version=1, by=mona, on=TODAY
        )
    case.person.refresh_from_db()
    assert case.person.phone == "01522 111 111"


def test_a_case_needs_a_team_and_is_the_only_open_one_of_its_kind(case, bea, finn):
    words = {"request_words": "Help", "team": bea.team}
    with pytest.raises(Refusal, match="already has an open case"):
        actions.open_case(person=case.person, details=words, by=bea, on=TODAY)
    with pytest.raises(NotAllowed):
        actions.open_case(person=case.person, details=words, by=finn, on=TODAY)
    dora = actions.add_person(details=DORA, by=bea, on=TODAY)
    with pytest.raises(Refusal, match="no team"):
        actions.open_case(person=dora, details=words | {"team": None}, by=bea, on=TODAY)


class TestGiveCase:
    def test_a_manager_gives_it_within_the_team(self, case, mona, greta, finn):
        actions.give_case(case=case, worker=greta, version=version_of(case, "worker"), by=mona, on=TODAY)
        assert Case.objects.get().worker == greta
        with pytest.raises(Refusal, match="not an assessor"):
            actions.give_case(case=case, worker=finn, version=version_of(case, "worker"), by=mona, on=TODAY)

    def test_an_assessor_takes_a_free_one_and_no_other(self, case, greta):
        with pytest.raises(NotAllowed):
            actions.give_case(case=case, worker=greta, version=version_of(case, "worker"), by=greta, on=TODAY)
        Case.objects.update(worker=None)
        case.refresh_from_db()
        actions.give_case(case=case, worker=greta, version=version_of(case, "worker"), by=greta, on=TODAY)
        assert Case.objects.get().worker == greta


def test_only_its_own_people_close_a_case_and_say_why(case, bea, greta):
    with pytest.raises(NotAllowed):
        actions.close_case(case=case, version=version_of(case, "stage"), reason="Moved away", by=greta, on=TODAY)
    with pytest.raises(Refusal, match="Say why"):
        actions.close_case(case=case, version=version_of(case, "stage"), reason=" ", by=bea, on=TODAY)
    actions.close_case(
        case=case, version=version_of(case, "stage"), reason="Moved to another council", by=bea, on=TODAY
    )
    assert Case.objects.get().stage == Stage.CLOSED


class TestAuthority:
    def add(self, case, by, **details):
        given = {"name": "Sam Bell", "kind": RelationshipKind.SIBLING, "starts_on": TODAY} | details
        return actions.add_relationship(case=case, details=given, by=by, on=TODAY)

    def decide(self, case, by, has_capacity, question="direct_payment"):
        said = {
            "question": question,
            "has_capacity": has_capacity,
            "how_supported": "With pictures",
            "reasons": "Could not keep it in mind.",
        }
        actions.decide_capacity(case=case, details=said, by=by, on=TODAY)

    def test_not_by_those_outside_the_case(self, case, greta):
        with pytest.raises(NotAllowed):
            self.add(case, greta)
        with pytest.raises(NotAllowed):
            self.decide(case, greta, True)

    def test_authority_needs_evidence(self, case, bea):
        with pytest.raises(Refusal, match="what shows this authority"):
            self.add(case, bea, authority=Authority.ATTORNEY_PROPERTY)
        assert self.add(case, bea, authority=Authority.CARER).evidence == ""

    def test_an_authorised_person_needs_lack_of_capacity_and_a_nominated_one_capacity(self, case, bea):
        seen = {"evidence": "Form seen on 1 November"}
        with pytest.raises(Refusal, match="lacks capacity"):
            self.add(case, bea, authority=Authority.AUTHORISED, **seen)
        self.add(case, bea, authority=Authority.NOMINATED, **seen)
        self.decide(case, bea, False)
        self.add(case, bea, authority=Authority.AUTHORISED, **seen)
        with pytest.raises(Refusal, match="chosen by someone who has capacity"):
            self.add(case, bea, authority=Authority.NOMINATED, **seen)

    def test_another_question_decides_nothing_about_this_one(self, case, bea):
        self.decide(case, bea, False, question="home")
        with pytest.raises(Refusal, match="lacks capacity"):
            self.add(case, bea, authority=Authority.AUTHORISED, evidence="Form seen")

    def test_nobody_lacks_capacity_before_they_were_helped(self, case, bea):
        said = {
            "question": "money",
            "has_capacity": False,
            "how_supported": " ",
            "reasons": "Could not keep it in mind.",
        }
        with pytest.raises(Refusal, match="helped to decide"):
            actions.decide_capacity(case=case, details=said, by=bea, on=TODAY)


class TestLeaveToSee:
    def give(self, case, sam, by, **changed):
        said = {"email": "sam@home.example", "agreed": "Ada said yes on the phone today."} | changed
        return leave.give_leave(
            case=case, relationship=sam, **said, site_address=SITE, version=version_of(sam), by=by, on=TODAY
        )

    def answer(self, relationship, *, name="Bell", by=None):
        return leave.accept_leave(
            relationship=relationship, family_name=name, version=version_of(relationship),
            by=by or relationship.user, on=timezone.localdate(),
        )  # fmt: skip

    def accepted(self, case, sam, bea):
        self.answer(self.give(case, sam, bea))
        return sam.user

    def test_nothing_is_shown_until_it_is_accepted(self, case, sam, bea, cyril, client):
        user = self.give(case, sam, bea).user
        client.force_login(user)
        assert not queries.own_cases(user, timezone.localdate()).exists()
        page = client.get(f"/helping/{sam.pk}/").content.decode()
        assert "You are asked to help somebody" in page
        assert str(case.person) not in page
        with pytest.raises(Http404):
            queries.get_case(case.pk, seen_by=user)
        assert not self.answer(sam, name="Smith")
        with pytest.raises(Http404):
            queries.get_case(case.pk, seen_by=user)
        with pytest.raises(NotAllowed):
            self.answer(sam, by=cyril)
        self.answer(sam, name=" bELL")
        assert queries.get_case(case.pk, seen_by=user) == case
        with pytest.raises(NotAllowed):
            self.answer(sam)

    def test_names_cannot_be_tried_until_one_fits(self, case, sam, bea, client, cyril):
        client.force_login(self.give(case, sam, bea).user)
        for name in ("Smith", "Jones", "Taylor", "Brown"):
            sam.refresh_from_db()
            sent = {"helps": "True", "family_name": name, "version": version_of(sam)}
            assert "not the name" in client.post(f"/helping/{sam.pk}/", sent).content.decode()
        again = client.post(f"/helping/{sam.pk}/", sent | {"family_name": "Bell"})
        sam.refresh_from_db()
        assert again.status_code == 200 and not sam.may_see_record, "a page of before the last name was counted"
        ended = client.post(
            f"/helping/{sam.pk}/", sent | {"family_name": "Green", "version": version_of(sam)}, follow=True
        ).content.decode()
        assert "the asking has ended" in ended
        sam.refresh_from_db()
        assert sam.asked_on is None and not sam.may_see_record
        late = client.get(f"/helping/{sam.pk}/", follow=True).content.decode()
        assert "This was answered already, or taken back." in late
        client.force_login(cyril)
        assert client.get(f"/helping/{sam.pk}/").status_code == 404
        assert "gave 5 wrong names" in case.story.first().sentence
        with pytest.raises(NotAllowed):
            self.answer(sam)
        self.give(case, sam, bea)
        assert self.answer(sam), "who is asked anew starts anew"

    def test_who_signs_in_already_is_told_that_they_are_asked(
        self, case, sam, bea, cyril, django_capture_on_commit_callbacks
    ):
        cyril.set_password("fairbourne-demo")
        cyril.save()
        with django_capture_on_commit_callbacks(execute=True):
            self.give(case, sam, bea, email=cyril.email)
        (email,) = mail.outbox
        assert email.to == [cyril.email] and f"{SITE.rstrip('/')}/home/" in email.body
        assert "Ada" not in email.body and "Bell" not in email.body

    def test_who_says_no_sees_nothing_and_is_not_asked_again(self, case, sam, bea):
        user = self.give(case, sam, bea).user
        leave.decline_leave(relationship=sam, version=version_of(sam), by=user, on=timezone.localdate())
        assert case.story.first().sentence == "Sam Bell was asked to help and said no, so they do not see this record."
        with pytest.raises(NotAllowed):
            self.answer(sam, by=user)

    def test_the_person_and_whoever_has_it_may_take_it_back(self, case, sam, bea, ada_user, cyril):
        for taker in (ada_user, None):
            user = self.accepted(case, sam, bea)
            with pytest.raises(NotAllowed):
                leave.end_leave(case=case, relationship=sam, version=version_of(sam), by=cyril, on=TODAY)
            leave.end_leave(case=case, relationship=sam, version=version_of(sam), by=taker or user, on=TODAY)
            with pytest.raises(Http404):
                queries.get_case(case.pk, seen_by=user)

    def test_what_was_asked_is_taken_back_too(self, case, sam, bea):
        user = self.give(case, sam, bea).user
        leave.end_leave(case=case, relationship=sam, version=version_of(sam), by=bea, on=TODAY)
        with pytest.raises(NotAllowed):
            self.answer(sam, by=user)

    def test_being_family_opens_nothing(self, case, sam, cyril):
        Relationship.objects.update(user=cyril)
        with pytest.raises(Http404):
            queries.get_case(case.pk, seen_by=cyril)

    def test_leave_opens_the_record_and_ends_when_taken_back(self, case, sam, bea, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            user = self.accepted(case, sam, bea)
        assert mail.outbox[0].to == ["sam@home.example"]
        assert queries.get_case(case.pk, seen_by=user) == case
        assert list(queries.own_cases(user, timezone.localdate())) == [case]
        leave.end_leave(case=case, relationship=sam, version=version_of(sam), by=bea, on=TODAY)
        with pytest.raises(Http404):
            queries.get_case(case.pk, seen_by=user)

    @pytest.mark.parametrize("days_from_now, opens", [(-1, False), (0, True), (1, True)])
    def test_leave_ends_with_the_last_day_of_the_relationship(self, case, sam, bea, days_from_now, opens):
        user = self.accepted(case, sam, bea)
        Relationship.objects.update(
            starts_on=timezone.localdate() - timedelta(days=9),
            ends_on=timezone.localdate() + timedelta(days=days_from_now),
        )
        assert queries.own_cases(user, timezone.localdate()).exists() is opens
        if opens:
            queries.get_case(case.pk, seen_by=user)
        else:
            with pytest.raises(Http404):
                queries.get_case(case.pk, seen_by=user)

    def test_leave_is_the_person_s_to_give(self, case, sam, bea, greta, ada_user):
        with pytest.raises(NotAllowed):
            self.give(case, sam, greta)
        with pytest.raises(Refusal, match="how the person agreed"):
            self.give(case, sam, bea, agreed=" ")
        with pytest.raises(Refusal, match="own sign-in"):
            self.give(case, sam, bea, email=ada_user.email)
        assert not Relationship.objects.get().may_see_record

    def test_the_person_is_invited_to_their_own_record_once(self, case, bea, greta, ada_user, sam, cyril):
        case.person.user = None
        case.person.save()
        with pytest.raises(NotAllowed):
            actions.invite_person(case=case, email="ada@new.example", site_address=SITE, by=greta, on=TODAY)
        self.give(case, sam, bea)
        with pytest.raises(Refusal, match="A supporter signs in"):
            actions.invite_person(case=case, email="sam@home.example", site_address=SITE, by=bea, on=TODAY)
        with pytest.raises(Refusal, match="Somebody of another name signs in with this address"):
            actions.invite_person(case=case, email=cyril.email, site_address=SITE, by=bea, on=TODAY)
        actions.invite_person(case=case, email=ada_user.email, site_address=SITE, by=bea, on=TODAY)
        assert queries.get_case(case.pk, seen_by=ada_user) == case
        with pytest.raises(Refusal, match="signs in already"):
            actions.invite_person(case=case, email=ada_user.email, site_address=SITE, by=bea, on=TODAY)

    def test_an_invitation_that_went_astray_is_sent_again_and_opens_nothing_any_more(
        self, case, bea, ada_user, django_capture_on_commit_callbacks
    ):
        case.person.user = None
        case.person.save()
        given = {"case": case, "site_address": SITE, "by": bea}
        with django_capture_on_commit_callbacks(execute=True):
            stray = actions.invite_person(**given, email="adda@home.example", on=TODAY).user
            with pytest.raises(Refusal, match="invited today already"):
                actions.invite_person(**given, email="adda@home.example", on=TODAY)
            actions.invite_person(**given, email="adda@home.example", on=TODAY + timedelta(days=4))
            assert queries.get_case(case.pk, seen_by=stray) == case
            User.objects.create_user("zoe@home.example", name="Zoe Quist", roles=[Role.PERSON], password="x")
            with pytest.raises(Refusal, match="Somebody of another name"):
                actions.invite_person(**given, email="zoe@home.example", on=TODAY)
            invited = actions.invite_person(**given, email="ada.bell@home.example", on=TODAY).user
        assert [message.to[0] for message in mail.outbox] == [stray.email, stray.email, invited.email]
        with pytest.raises(Http404):
            queries.get_case(case.pk, seen_by=stray)

    def test_whoever_sets_the_first_password_of_a_person_gives_their_birthday(self, case, bea, client):
        case.person.user = None
        case.person.save()
        user = actions.invite_person(case=case, email="ada.bell@home.example", site_address=SITE, by=bea, on=TODAY).user
        page = client.get(invitation_path(user), follow=True)
        assert "Your date of birth" in page.content.decode()
        born = case.person.date_of_birth
        words = {"password1": "purple elbow ladder", "password2": "purple elbow ladder"}

        def given(year):
            typed = {"date_of_birth_day": born.day, "date_of_birth_month": born.month, "date_of_birth_year": year}
            return client.post(page.request["PATH_INFO"], words | typed)

        assert "Enter your date of birth" in client.post(page.request["PATH_INFO"], words).content.decode()
        nothing = client.post(page.request["PATH_INFO"], {}).content.decode()
        assert "Enter the password." in nothing and "Enter the password again." in nothing
        assert "not the birthday" in given(born.year - 1).content.decode()
        assert given(born.year).status_code == 302
        User.objects.filter(pk=user.pk).update(password=user.password)
        page = client.get(invitation_path(user), follow=True)
        told = [given(born.year - 1).content.decode() for _try in range(4)]
        assert "nobody is let in" in told[-1] and "nobody is let in" in given(born.year).content.decode()
        again = {"case": case, "email": user.email, "site_address": SITE, "by": bea, "on": TODAY}
        case.refresh_from_db()
        with pytest.raises(Refusal, match="how you know that it is they who tried"):
            actions.invite_person(**again, try_again="ok")
        actions.invite_person(**again, try_again="She rang me and I was with her")
        assert "She rang me and I was with her" in case.story.first().sentence
        page = client.get(invitation_path(user), follow=True)
        assert given(born.year).status_code == 302

    def test_a_relationship_of_somebody_else_is_out_of_reach(self, case, sam, bea):
        dora = actions.add_person(details=DORA, by=bea, on=TODAY)
        Relationship.objects.update(person=dora)
        sam.refresh_from_db()
        for call in (
            lambda: self.give(case, sam, bea),
            lambda: leave.end_leave(case=case, relationship=sam, version=version_of(sam), by=bea, on=TODAY),
            lambda: actions.end_relationship(
                case=case, relationship=sam, ends_on=TODAY, version=version_of(sam), by=bea, on=TODAY
            ),
        ):
            with pytest.raises(NotAllowed):
                call()
