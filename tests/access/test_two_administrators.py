"""One administrator alone makes nobody able to pay: another approves, and the database holds that it is another."""

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.core import mail
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from leeway.access import actions, operator, proposals
from leeway.access.models import Proposal, ProposalKind, User
from leeway.access.roles import WEIGHTY, WHO_CAN, Role
from leeway.access.states import State
from leeway.refusal import NotAllowed, Refusal
from leeway.site.commands import main
from leeway.versions import version_of
from tests.pages import send
from tests.races import at_once

TODAY, SITE = date(2026, 11, 23), "https://leeway.example"
WHY = "Fay retires at Easter, and two are needed."
LIMIT = "sign_off_limit_pence_per_week"


def administrator(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@council.example", name=f"{name} Reed", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def ursula(db):
    return administrator("Ursula")


@pytest.fixture
def una(db):
    return administrator("Una")


@pytest.fixture
def details():
    return {
        "name": "Nils Berg",
        "email": "Nils@Council.example",
        "roles": [Role.FINANCE],
        "team": None,
        "job_title": "Finance officer",
        LIMIT: 0,
    }


@pytest.fixture
def asked(details, ursula):
    """Ursula asks for a new finance officer."""
    return actions.add_user(details=details, site_address=SITE, why=WHY, by=ursula, on=TODAY)


def approve(proposal, by):
    return proposals.approve(proposal=proposal, site_address=SITE, by=by, on=TODAY)


def nils():
    return User.objects.filter(email="nils@council.example").first()


class TestTheTry:
    """An administrator alone made two finance officers and paid an invented account."""

    def test_what_one_asks_for_is_nobody_yet(self, asked, ursula):
        assert isinstance(asked, Proposal) and nils() is None and not mail.outbox
        with pytest.raises(NotAllowed, match="another administrator must decide"):
            approve(asked, ursula)
        assert nils() is None

    def test_another_makes_it_so_and_the_invitation_leaves(self, asked, una, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            approve(asked, una)
        asked.refresh_from_db()
        assert (asked.state, asked.settled_by, asked.user) == (State.APPROVED, una, nils())
        assert nils().roles == [Role.FINANCE] and mail.outbox[0].to == ["nils@council.example"]

    def test_nor_does_one_make_the_other_administrator_who_would_approve(self, asked, details, ursula):
        more = details | {"email": "eve@council.example", "roles": [Role.ADMINISTRATOR]}
        assert isinstance(actions.add_user(details=more, site_address=SITE, why=WHY, by=ursula, on=TODAY), Proposal)
        assert not User.objects.filter(email="eve@council.example").exists()

    def test_nor_signs_in_as_another_with_the_same_mailbox(self, asked, db):
        other = User.objects.create_user(
            "u.rsula+two@council.example", name="Somebody Else", roles=[Role.ADMINISTRATOR]
        )
        with pytest.raises(NotAllowed, match="same mailbox"):
            approve(asked, other)


@pytest.mark.parametrize("role", [each for each in Role if each != Role.PERSON])
def test_every_role_that_can_do_something_weighty_is_asked_for(role, details, team, ursula):
    wants = details | {"roles": [role], "team": team}
    done = actions.add_user(details=wants, site_address=SITE, why=WHY, by=ursula, on=TODAY)
    weighty = any(role in WHO_CAN[capability] for capability in WEIGHTY)
    assert isinstance(done, Proposal) is weighty
    assert weighty == (role in {Role.FINANCE, Role.FINANCE_MANAGER, Role.MANAGER, Role.ADMINISTRATOR})


class TestChanges:
    def change(self, user, by, why=WHY, **changed):
        details = proposals.as_it_stands(user) | changed
        return actions.change_user(
            user=user, details=details, version=version_of(user, *proposals.STAFF_DETAILS), why=why, by=by, on=TODAY
        )

    def test_a_role_waits_and_the_name_does_not(self, bea, mona, ursula, una):
        asked = self.change(bea, ursula, name="Bea Okafor-Lee", roles=[Role.MANAGER], **{LIMIT: 500_00})
        bea.refresh_from_db()
        assert (bea.name, bea.roles, getattr(bea, LIMIT)) == ("Bea Okafor-Lee", [Role.ASSESSOR], 0)
        approve(asked, una)
        bea.refresh_from_db()
        assert (bea.roles, getattr(bea, LIMIT)) == ([Role.MANAGER], 500_00)

    @pytest.mark.parametrize("limit", [0, 1_000_00, 9_000_00])
    def test_another_limit_waits(self, mona, ursula, limit):
        assert isinstance(self.change(mona, ursula, **{LIMIT: limit}), Proposal)
        mona.refresh_from_db()
        assert getattr(mona, LIMIT) == 1_500_00

    def test_what_takes_power_away_or_has_none_is_done_at_once(self, mona, finn, bea, ursula):
        assert self.change(mona, ursula, why="", roles=[Role.ASSESSOR], **{LIMIT: 0}) == mona
        assert self.change(finn, ursula, why="", roles=[Role.ANALYST]) == finn
        assert self.change(bea, ursula, why="", job_title="Senior") == bea
        assert not Proposal.objects.exists()

    def test_what_was_changed_meanwhile_is_not_overwritten(self, mona, ursula, una):
        asked = self.change(mona, ursula, **{LIMIT: 9_000_00})
        User.objects.filter(pk=mona.pk).update(roles=[Role.ASSESSOR], **{LIMIT: 0})
        with pytest.raises(Refusal, match="was changed since"):
            approve(asked, una)
        mona.refresh_from_db()
        assert (mona.roles, getattr(mona, LIMIT)) == ([Role.ASSESSOR], 0)

    def test_letting_a_finance_officer_in_again_waits(self, finn, bea, ursula, una):
        for user in (finn, bea):
            actions.deactivate_user(user=user, version=version_of(user, "is_active"), by=ursula, on=TODAY)
        assert actions.reactivate_user(user=bea, version=version_of(bea, "is_active"), by=ursula, on=TODAY).is_active
        asked = actions.reactivate_user(user=finn, version=version_of(finn, "is_active"), why=WHY, by=ursula, on=TODAY)
        finn.refresh_from_db()
        assert not finn.is_active
        approve(asked, una)
        finn.refresh_from_db()
        assert finn.is_active

    def test_letting_somebody_in_again_asks_for_their_roles_as_they_stand(self, bea, ursula):
        actions.deactivate_user(user=bea, version=version_of(bea, "is_active"), by=ursula, on=TODAY)
        page = User.objects.get(pk=bea.pk)
        User.objects.filter(pk=bea.pk).update(roles=[Role.FINANCE])
        version = version_of(page, "is_active")
        assert isinstance(actions.reactivate_user(user=page, version=version, why=WHY, by=ursula, on=TODAY), Proposal)
        assert not User.objects.get(pk=bea.pk).is_active

    def test_whoever_it_is_about_never_decides(self, ursula, una):
        asked = proposals.propose_forgetting_second_step(user=una, why=WHY, by=ursula, on=TODAY)
        with pytest.raises(NotAllowed, match="about you"):
            approve(asked, una)
        with pytest.raises(Refusal, match="for yourself"):
            proposals.propose_forgetting_second_step(user=ursula, why=WHY, by=ursula, on=TODAY)

    def test_a_second_step_is_forgotten_by_two(self, bea, ursula, una):
        Authenticator.objects.create(user=bea, type=Authenticator.Type.TOTP, data={"secret": "x"})
        asked = proposals.propose_forgetting_second_step(user=bea, why=WHY, by=ursula, on=TODAY)
        assert Authenticator.objects.filter(user=bea).exists()
        approve(asked, una)
        assert not Authenticator.objects.filter(user=bea).exists()

    def test_a_reason_is_needed_and_one_thing_waits_at_a_time(self, details, asked, ursula, bea):
        with pytest.raises(Refusal, match="Say in a sentence why") as said:
            self.change(bea, ursula, why="no", roles=[Role.MANAGER])
        assert said.value.field == "why"
        with pytest.raises(Refusal, match="waits for another administrator already"):
            actions.add_user(details=details, site_address=SITE, why=WHY, by=ursula, on=TODAY)

    def test_turned_down_or_taken_back_it_is_over(self, asked, details, ursula, una):
        with pytest.raises(Refusal, match="Say in a sentence"):
            proposals.turn_down(proposal=asked, answer="no", by=una, on=TODAY)
        with pytest.raises(NotAllowed):
            proposals.turn_down(proposal=asked, answer="I think better of it.", by=ursula, on=TODAY)
        with pytest.raises(NotAllowed):
            proposals.withdraw(proposal=asked, by=una, on=TODAY)
        proposals.turn_down(proposal=asked, answer="Nobody knows him here.", by=una, on=TODAY)
        with pytest.raises(Refusal, match="cannot become"):
            approve(asked, una)
        again = actions.add_user(details=details, site_address=SITE, why=WHY, by=ursula, on=TODAY)
        assert proposals.withdraw(proposal=again, by=ursula, on=TODAY).state == State.WITHDRAWN
        assert nils() is None

    @pytest.mark.parametrize("name", ["mona", "finn", "bea"])
    def test_only_an_administrator_asks_or_decides(self, asked, request, name):
        other = request.getfixturevalue(name)
        with pytest.raises(NotAllowed):
            approve(asked, other)
        with pytest.raises(NotAllowed):
            proposals.turn_down(proposal=asked, answer="I would rather not.", by=other, on=TODAY)
        with pytest.raises(NotAllowed):
            proposals.propose_forgetting_second_step(user=other, why=WHY, by=other, on=TODAY)


def test_whoever_has_the_name_of_somebody_who_is_here_is_pointed_out(client, asked, una):
    client.force_login(una)
    address = f"/staff/waiting/{asked.pk}/"
    assert "signs in too" not in client.get(address).content.decode()
    User.objects.create_user("other@council.example", name=f" {asked.name.upper()} ", roles=[Role.FINANCE])
    assert "(other@council.example) signs in too, with the same name." in client.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_do_it_once(asked, una):
    third = administrator("Thea")
    done, refused = at_once(*(lambda by=by: approve(asked, by) for by in (una, third)))
    assert isinstance(done, Proposal) and isinstance(refused, Refusal)
    assert User.objects.filter(email="nils@council.example").count() == 1


class TestTheDatabaseItself:
    def settle(self, asked, **values):
        with transaction.atomic():
            Proposal.objects.filter(pk=asked.pk).update(settled_at=timezone.now(), **values)

    def test_refuses_one_who_asks_and_approves(self, asked, ursula):
        for state in (State.APPROVED, State.TURNED_DOWN):
            with pytest.raises(IntegrityError, match="proposal_two_administrators"):
                self.settle(asked, state=state, settled_by=ursula)

    def test_refuses_an_approval_by_nobody(self, asked):
        with pytest.raises(IntegrityError, match="proposal_two_administrators"):
            self.settle(asked, state=State.APPROVED)

    def test_refuses_whom_it_is_about(self, ursula, una):
        asked = proposals.propose_forgetting_second_step(user=una, why=WHY, by=ursula, on=TODAY)
        with pytest.raises(IntegrityError, match="not_by_whom_it_is_of"):
            self.settle(asked, state=State.APPROVED, settled_by=una)

    def test_keeps_it_as_it_was(self, asked, una):
        with pytest.raises(DatabaseError), transaction.atomic():
            Proposal.objects.filter(pk=asked.pk).update(roles=["administrator"])
        with pytest.raises(DatabaseError), transaction.atomic():
            Proposal.objects.filter(pk=asked.pk).delete()
        approve(asked, una)
        with pytest.raises(DatabaseError), transaction.atomic():
            Proposal.objects.filter(pk=asked.pk).update(answer="x")


class TestTheOperator:
    """A sole administrator has the server's command line: somebody must be able to begin."""

    def run(self, *words):
        answer = CliRunner().invoke(main, ["access", *words])
        return answer.exit_code, answer.output

    def test_approves_where_there_is_nobody_else_and_it_is_kept_who(self, asked):
        status, said = self.run("proposals")
        assert (status, f"{asked.pk}. Let somebody sign in: Nils Berg" in said, WHY in said) == (0, True, True)
        assert self.run("approve", str(asked.pk), "--why", "x")[0] == 2
        status, said = self.run("approve", str(asked.pk), "--why", "Ursula is our only administrator.")
        assert status == 0, said
        asked.refresh_from_db()
        assert (asked.state, asked.settled_by, asked.answer) == (
            State.APPROVED, None, "Ursula is our only administrator.",
        )  # fmt: skip
        assert asked.operator == operator.account() and nils() is not None

    def test_not_where_another_administrator_could(self, asked, una):
        status, said = self.run("approve", str(asked.pk), "--why", "It is quicker this way.")
        assert (status, "another administrator" in said, nils()) == (2, True, None)

    def test_what_the_operator_does_alone_is_kept_beside_it(self, bea):
        operator.add_administrator(email="sam@council.example", name="Sam Reed")
        operator.forget_second_factor(email=bea.email)
        kept = Proposal.objects.filter(state=State.APPROVED, proposed_by=None, settled_by=None)
        assert set(kept.values_list("kind", "email", "operator")) == {
            ("add", "sam@council.example", operator.account()),
            ("second_step", bea.email, operator.account()),
        }


class TestPages:
    def test_from_asking_to_approving(self, ursula, una, client, mona):
        client.force_login(ursula)
        form = {"name": "Nils Berg", "email": "nils@council.example", "roles": ["finance"]}
        assert "Say in a sentence why" in client.post("/staff/add/", form).content.decode()
        page = client.post("/staff/add/", form | {"why": WHY}, follow=True).content.decode()
        assert "another administrator must approve this" in page
        assert "so another administrator decides" in client.get("/home/").content.decode()
        asked = Proposal.objects.get()
        address = f"/staff/waiting/{asked.pk}/"
        assert "Approve" not in client.get(address).content.decode()
        refused = client.post(f"{address}approve/").content.decode()
        assert "You asked for this" in refused and nils() is None
        client.force_login(una)
        assert "asked for by Ursula Reed" in client.get("/home/").content.decode()
        page = client.get(address).content.decode()
        assert WHY in page and "Approve, and do it" in page
        assert client.post(f"{address}turn-down/", {"answer": ""}).status_code == 200
        assert client.post(f"{address}approve/").headers["Location"] == "/staff/waiting/"
        assert "Nils Berg" in client.get("/staff/waiting/").content.decode()
        assert nils() is not None

    def test_a_second_step_and_somebody_let_in_again(self, ursula, una, finn, client):
        client.force_login(ursula)
        client.post(f"/staff/{finn.pk}/second-step/", {"why": WHY})
        actions.deactivate_user(user=finn, version=version_of(finn, "is_active"), by=ursula, on=TODAY)
        assert re.search("Why\\?", client.get(f"/staff/{finn.pk}/sign-in/").content.decode())
        assert "Settle that first" in send(client, f"/staff/{finn.pk}/sign-in/", why=WHY).content.decode()
        asked = Proposal.objects.get()
        assert client.post(f"/staff/waiting/{asked.pk}/withdraw/").headers["Location"] == "/staff/waiting/"
        send(client, f"/staff/{finn.pk}/sign-in/", why=WHY)
        assert Proposal.objects.filter(kind=ProposalKind.LET_IN, state=State.WAITING).exists()

    def test_an_address_of_nothing(self, ursula, client):
        client.force_login(ursula)
        assert client.get("/staff/waiting/99/").status_code == 404
