"""The seal over what is kept: what was bent past every guard is named, and a chain made anew is found by its file."""

import errno
import json
import os
import re
from datetime import date

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import connection
from django.utils import timezone

from leeway.care.assessment.models import Assessment
from leeway.care.decisions.models import Decision
from leeway.care.people.models import StoryLine
from leeway.care.planning.models import PlanLine
from leeway.guards import kept_fields
from leeway.jobs.kinds import KINDS
from leeway.money.budgets.models import Budget, Funding, Hold, Instalment, LastCost
from leeway.money.ledger.models import Transfer
from leeway.money.payments.models import PaymentRun
from leeway.refusal import Refusal
from leeway.seal import actions, heads, queries
from leeway.seal.models import Batch, SealedRow
from leeway.seal.tables import SEALED
from leeway.site.commands import main

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


@pytest.fixture
def folders(own_seals):
    """The two places for heads, with nothing in them yet."""
    return heads.places()


@pytest.fixture
def seal(council, folders, monkeypatch, django_capture_on_commit_callbacks):
    """Seal what is new, in batches of a hundred rows, and let their heads go out."""
    monkeypatch.setattr(actions, "ROWS_A_BATCH", 100)

    def sealed():
        with django_capture_on_commit_callbacks(execute=True):
            return actions.seal_what_is_new()

    return sealed


def done(table):
    """The keys of the rows of a table that are never changed any more."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT kept.{table.key} FROM "{table.model._meta.db_table}" AS kept WHERE {table.done}')
        return [key for (key,) in cursor]


def test_everything_named_is_sealed_once(seal):
    rows = sum(len(done(table)) for table in SEALED)
    assert seal() == SealedRow.objects.count() == rows > 300
    assert Batch.objects.count() == -(-rows // 100)
    assert queries.findings() == []
    assert seal() == 0


def test_whatever_the_database_keeps_of_money_is_sealed():
    """A new table whose rows, or some of their columns, are never changed is asked of by itself."""
    money = [each for each in apps.get_app_configs() if each.name.startswith("leeway.money.")]
    kept = {model._meta.label for app in money for model in app.get_models() if kept_fields(model)}
    assert len(kept) > 90 and kept - {table.name for table in SEALED} == set()


def test_a_later_row_comes_into_a_later_batch(seal, case_of):
    seal()
    before = Batch.objects.count()
    line = StoryLine.objects.filter(case=case_of("Ada")).first()
    StoryLine.objects.create(case=line.case, kind="details", sentence="New.", by=line.by, happened_on=line.happened_on)
    assert seal() == 1
    assert Batch.objects.count() == before + 1
    assert queries.findings() == []


def test_heads_stand_in_every_place_line_by_line(seal, folders):
    seal()
    kept = [(batch.number, batch.head) for batch in Batch.objects.all()]
    for place in folders:
        assert [(head.batch, head.head) for head in heads.read(place)] == kept
        assert oct(place.stat().st_mode)[-3:] == "600"


#: What is changed of a sealed row, and which row: the first by these.
CHANGES = {
    "ledger.Transfer": ("amount_pence = amount_pence + 1", ["made_at"]),
    "decisions.Decision": ("reasons = '[\"Otherwise.\"]'", ["decided_at"]),
    "people.StoryLine": ("sentence = 'Nothing happened.'", ["at"]),
    "planning.Agreement": ("how = 'on paper'", ["agreed_on", "plan__case__person__given_name"]),
    "budgets.Budget": ("started_on = started_on - 1", ["started_on", "case__person__given_name"]),
    "budgets.Instalment": ("due_on = due_on + 1", ["due_on", "part__budget__case__person__given_name", "amount_pence"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_that_was_changed_is_named(seal, guards_aside, name):
    seal()
    model = next(table.model for table in SEALED if table.name == name)
    change, order = CHANGES[name]
    row = model.objects.order_by(*order).first()
    guards_aside(f"UPDATE {model._meta.db_table} SET {change} WHERE id = '{row.pk}'")
    assert queries.findings() == [f"Seal: {name} {row.pk} was changed since it was sealed."]


ONCE_DONE = {
    "assessment.Assessment": "helpers_words = 'Nobody'",
    "assessment.OutcomeNote": "help_now = 'Nobody'",
    "assessment.FinancialAssessment": """means = means || '{"capital_pence": 1}'""",
    "planning.PlanLine": "from_council = true",
    "planning.Plan_charges": "decision_id = (SELECT id FROM decisions_decision WHERE kind = 'eligibility' LIMIT 1)",
}


@pytest.mark.parametrize("name", ONCE_DONE)
def test_what_is_done_is_sealed_and_a_change_or_loss_of_it_is_named(seal, guards_aside, name):
    table = next(table for table in SEALED if table.name == name)
    assert seal() > len(done(table)) > 1
    changed, gone = sorted(done(table))[:2]
    where = f'"{table.model._meta.db_table}"'
    guards_aside(f"UPDATE {where} SET {ONCE_DONE[name]} WHERE id = '{changed}'")
    assert queries.findings() == [f"Seal: {name} {changed} was changed since it was sealed."]
    guards_aside(f"DELETE FROM {where} WHERE id = '{gone}'")
    assert f"Seal: {name} {gone} is gone since it was sealed." in queries.findings()


def test_how_a_need_is_met_is_sealed_with_an_agreed_plan(seal, guards_aside):
    guards_aside(
        "INSERT INTO planning_needanswer (plan_id, outcome, met_by, who, words) SELECT id, 'nutrition', 'reason', '', "
        "'Her son cooks.' FROM planning_plan WHERE state = 'agreed' ORDER BY id LIMIT 1"
    )
    seal()
    guards_aside("DELETE FROM planning_needanswer WHERE words = 'Her son cooks.'")
    (found,) = queries.findings()
    assert re.fullmatch(r"Seal: planning.NeedAnswer [0-9]+ is gone since it was sealed.", found)


def test_what_is_not_done_is_not_sealed(seal):
    for name, model in (("assessment.Assessment", Assessment), ("planning.PlanLine", PlanLine)):
        table = next(table for table in SEALED if table.name == name)
        assert len(done(table)) < model.objects.count()


@pytest.fixture
def last_cost(council, staff):
    """What an employer still owed, of an instalment of the council's."""
    instalment = Instalment.objects.order_by("due_on", "part__budget__case__person__given_name").first()
    funding = Funding.objects.filter(part=instalment.part).first()
    given = {"whose": "Bo", "entered_by": staff[0], "entered_on": ON, "needs_second_look": True}
    return LastCost.objects.create(instalment=instalment, funding=funding, **given)


@pytest.fixture
def hold(council, staff):
    budget = Budget.objects.order_by("started_on", "case__person__given_name").first()
    return Hold.objects.create(
        budget=budget, kind="hospital", reason="A fall", placed_by=staff[0], placed_on=ON, last_on=ON
    )


@pytest.fixture
def run(council, staff):
    given = dict.fromkeys(("made_by", "dated_by"), staff[0]) | dict.fromkeys(("made_on", "dated_on", "pay_on"), ON)
    return PaymentRun.objects.create(number=1, second_above_pence=1_00, **given)


@pytest.fixture
def staff(finn, mona):
    return finn, mona


HALF_KEPT = {
    "last_cost": ({"looked_on": ON}, "looked_by", "whose = 'Ann'"),
    "hold": ({"lifted_on": ON}, "lifted_by", "reason = 'None'"),
    "run": ({"state": "cancelled", "given_up_on": ON, "given_up_because": "By mistake"}, "given_up_by", "number = 2"),
}


@pytest.mark.parametrize("name", HALF_KEPT)
def test_what_follows_for_a_row_is_no_change_of_it_and_what_is_kept_of_it_is_sealed(
    seal, staff, guards_aside, request, name
):
    row = request.getfixturevalue(name)
    seal()
    later, by, change = HALF_KEPT[name]
    type(row).objects.filter(pk=row.pk).update(**later, **{by: staff[1]})
    assert queries.findings() == []
    guards_aside(f"UPDATE {row._meta.db_table} SET {change} WHERE {row._meta.pk.column} = '{row.pk}'")
    assert queries.findings() == [f"Seal: {row._meta.label} {row.pk} was changed since it was sealed."]


def test_a_row_that_is_gone_is_named(seal, guards_aside):
    seal()
    row = Decision.objects.order_by("decided_at").first()
    guards_aside(f"DELETE FROM decisions_decision WHERE id = '{row.pk}'")
    assert queries.findings() == [f"Seal: decisions.Decision {row.pk} is gone since it was sealed."]


def test_a_row_put_in_before_the_head_is_named(seal, guards_aside):
    seal()
    row = Transfer.objects.order_by("made_at").first()
    guards_aside(
        "INSERT INTO ledger_transfer "
        "(id, debit_id, credit_id, amount_pence, reason, effective_date, made_by_id, made_at) "
        "SELECT '00000000-0000-0000-0000-000000000001', debit_id, credit_id, 500, reason, effective_date, made_by_id, "
        f"made_at - interval '1 day' FROM ledger_transfer WHERE id = '{row.pk}'"
    )
    assert queries.findings() == [
        "Seal: ledger.Transfer 00000000-0000-0000-0000-000000000001 was put in after the seal, dated before it."
    ]


def test_rows_whose_contents_changed_places_are_named(seal, guards_aside):
    seal()
    one, other = Transfer.objects.order_by("amount_pence").first(), Transfer.objects.order_by("amount_pence").last()
    guards_aside(
        f"UPDATE ledger_transfer SET amount_pence = {one.amount_pence} + {other.amount_pence} - amount_pence "
        f"WHERE id IN ('{one.pk}', '{other.pk}')"
    )
    assert len(queries.findings()) == 2


TAKEN_ALONG = {
    "a row and its digest": "DELETE FROM seal_sealedrow WHERE id = {first}",
    "another digest": "UPDATE seal_sealedrow SET digest = decode(repeat('ab', 32), 'hex') WHERE id = {first}",
    "another order": "UPDATE seal_sealedrow SET id = CASE id WHEN {first} THEN -1 WHEN {second} THEN {first} END "
    "WHERE id IN ({first}, {second}); UPDATE seal_sealedrow SET id = {second} WHERE id = -1",
    "another first moment": "UPDATE seal_batch SET until = until - interval '1 year' WHERE number = 1",
    "another head": "UPDATE seal_batch SET head = repeat('0', 64) WHERE number = 1",
    "a batch": "DELETE FROM seal_batch WHERE number = 1",
    "the last batch": "DELETE FROM seal_batch WHERE number = (SELECT max(number) FROM seal_batch)",
    "a digest of nothing": 'INSERT INTO seal_sealedrow ("table", key, salt, digest) VALUES '
    "('ledger.Transfer', 'x', gen_random_uuid(), '')",
}


@pytest.mark.parametrize("change", TAKEN_ALONG.values(), ids=TAKEN_ALONG)
def test_digests_that_were_bent_along_are_found(seal, guards_aside, change):
    seal()
    first, second = SealedRow.objects.order_by("pk").values_list("pk", flat=True)[:2]
    guards_aside(change.format(first=first, second=second))
    assert any("batch" in finding for finding in queries.findings())


@pytest.fixture
def made_anew(seal, guards_aside, folders):
    """A transfer bent, and the whole chain made anew over it, as only the owner of the database can."""
    seal()
    kept = [place.read_bytes() for place in folders]
    row = Transfer.objects.order_by("made_at").first()
    guards_aside(f"UPDATE ledger_transfer SET amount_pence = amount_pence + 1 WHERE id = '{row.pk}'")
    guards_aside("DELETE FROM seal_sealedrow")
    guards_aside("DELETE FROM seal_batch")
    for place in folders:
        place.unlink()
    seal()
    assert queries.findings() == [], "the database by itself knows nothing"
    return kept


@pytest.mark.parametrize("place", [0, 1])
def test_a_chain_made_anew_is_found_by_a_file_outside(made_anew, folders, place):
    folders[place].write_bytes(made_anew[place])
    assert queries.findings() == [
        f"Seal: batch 1 has another head in {folders[place]}: it was exchanged, with all that follows."
    ]


def test_a_database_that_was_rolled_back_is_found_by_its_file(seal, guards_aside, folders):
    seal()
    last = Batch.objects.last()
    guards_aside(f"DELETE FROM seal_sealedrow WHERE id >= {last.first}")
    guards_aside(f"DELETE FROM seal_batch WHERE number = {last.number}")
    told = [finding for finding in queries.findings() if "rolled back" in finding]
    assert told == [
        f"Seal: batch {last.number} stands in {place} and is gone from the database, which was rolled back."
        for place in folders
    ]


def test_a_file_that_lost_heads_is_told_and_written_on(seal, folders):
    seal()
    whole = folders[0].read_bytes()
    folders[0].write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    [told] = queries.findings()
    assert f"{folders[0]} lacks the head of batch 3" in told
    seal()
    assert folders[0].read_bytes() == whole and queries.findings() == []


def test_a_full_disk_leaves_no_half_line(seal, folders, monkeypatch):
    seal()
    whole = folders[0].read_bytes()
    folders[0].write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    before, write, taken = folders[0].read_bytes(), os.write, []

    def full(file, new):
        if taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken.append(write(file, new[:20]))
        return taken[0]

    with monkeypatch.context() as patch:
        patch.setattr(heads.os, "write", full)
        with pytest.raises(Refusal, match=r"No space left on device.*the next seal adds them"):
            heads.write(queries.heads_kept())
    assert taken == [20] and folders[0].read_bytes() == before
    seal()
    assert folders[0].read_bytes() == whole and queries.findings() == []


def test_a_place_that_cannot_be_written_keeps_no_other_from_its_heads(seal, folders, monkeypatch):
    """Nor one in which nothing that was added can be taken away again: its last line may be cut, and it says so."""
    folders[0].mkdir(parents=True)  # a folder where the file should be
    with pytest.raises(Refusal, match=re.escape(str(folders[0]))):
        seal()
    heads_there = [head.batch for head in heads.read(folders[1])]
    assert heads_there == [batch.number for batch in Batch.objects.all()]

    folders[0].rmdir()

    def full(file, new):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(heads.os, "write", full)
    monkeypatch.setattr(heads.os, "ftruncate", full)
    with pytest.raises(Refusal, match="its last line may be cut"):
        heads.write(queries.heads_kept())


def test_heads_are_written_whole_where_the_system_takes_a_few_bytes_at_once(seal, folders, monkeypatch):
    write = os.write
    monkeypatch.setattr(heads.os, "write", lambda file, new: write(file, new[:20]))
    seal()
    assert [head.batch for head in heads.read(folders[1])] == [batch.number for batch in Batch.objects.all()]


def test_a_file_that_was_spoilt_is_told(seal, folders):
    seal()
    folders[0].write_text("nothing of a head\n")
    [told] = queries.findings()
    assert f"{folders[0]} cannot be read" in told


def test_a_lawful_erasure_leaves_a_digest_and_a_tombstone(seal, guards_aside, mona):
    seal()
    line = StoryLine.objects.order_by("at").first()
    guards_aside(f"DELETE FROM people_storyline WHERE id = {line.pk}")
    actions.leave_tombstone(
        table="people.StoryLine", key=str(line.pk), reason="UK GDPR art. 17", by=mona, on=timezone.localdate()
    )
    row = SealedRow.objects.get(table="people.StoryLine", key=str(line.pk))
    assert row.salt is None and row.digest and row.tombstone.erased_by == mona
    assert queries.findings() == []


def test_a_tombstone_that_was_planted_hides_nothing(seal, guards_aside, mona):
    seal()
    line = StoryLine.objects.order_by("at").first()
    row = SealedRow.objects.get(table="people.StoryLine", key=str(line.pk))
    guards_aside(
        "INSERT INTO seal_tombstone (row_id, reason, erased_by_id, erased_on) "
        f"VALUES ({row.pk}, 'Lawful', {mona.pk}, CURRENT_DATE)"
    )
    guards_aside(f"UPDATE people_storyline SET sentence = 'Nothing' WHERE id = {line.pk}")
    assert queries.findings() == [f"Seal: people.StoryLine {line.pk} was changed since it was sealed."]


def test_a_salt_that_went_without_a_tombstone_is_told(seal):
    seal()
    row = SealedRow.objects.order_by("pk").first()
    SealedRow.objects.filter(pk=row.pk).update(salt=None)
    assert queries.findings() == [f"Seal: {row.table} {row.key} has lost the salt of its digest since it was sealed."]


def test_verify_and_replay_both_name_what_the_seal_finds(seal, guards_aside):
    seal()
    row = Transfer.objects.order_by("made_at").first()
    guards_aside(f"UPDATE ledger_transfer SET made_at = made_at - interval '1 day' WHERE id = '{row.pk}'")
    sentence = f"Seal: ledger.Transfer {row.pk} was changed since it was sealed."
    for command, field in ((["money", "verify"], "findings"), (["law", "replay"], "seal")):
        answer = CliRunner().invoke(main, [*command, "--json"])
        assert answer.exit_code == 1 and sentence in json.loads(answer.output)[field]


def test_it_is_sealed_every_night_and_by_a_command(council, folders, django_capture_on_commit_callbacks):
    assert KINDS["seal"].nightly
    with django_capture_on_commit_callbacks(execute=True):
        answer = CliRunner().invoke(main, ["database", "seal"])
    assert answer.exit_code == 0 and "rows sealed" in answer.output
    assert heads.read(folders[0])
