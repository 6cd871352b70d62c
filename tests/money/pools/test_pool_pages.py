"""The pages of pools and disputes: from the total to the day by clicks, at zero; a dispute from start to recharge."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leeway.access.models import Look
from leeway.care.people.models import Task
from leeway.care.planning.models import PlanLine
from leeway.money.disputes.models import Dispute, Recharge
from leeway.money.pools.models import Overhead, Pool

from .conftest import GROUP, ON, SET_UP

ZERO = "Unexplained: <strong>£0.00</strong>"


@pytest.fixture(autouse=True)
def on_5_october(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)


def typed(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def opened(client, address):
    """A page of few queries, in words."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, address
    assert len(seen) <= 25, (address, len(seen))
    return answer.content.decode()


def first_link(page, below):
    """The first address of a row that leads further down."""
    found = re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="([^"]+)"', page)
    assert found, below
    return found[0].replace("&amp;", "&")


def test_a_partner_s_quarter_is_walked_to_zero_by_person_and_day(pool, put, someone, team, overhead, client, finn):
    ann = someone("Ann", team, charge_pence=20_00)
    put()
    overhead("caseload")
    client.force_login(finn)
    assert "Mental health pool" in opened(client, reverse("pools:home"))
    quarter = opened(client, reverse("pools:quarter", args=[pool.pk, 2026, 3]))
    assert ZERO in quarter and "in proportion" in quarter
    address = reverse("pools:untangle", args=[pool.pk, 2026, 3])
    for level in (GROUP, "North team", "Ann", "Support", "1 July 2026"):
        page = opened(client, address)
        assert ZERO in page and level in page
        if level != "1 July 2026":
            address = first_link(page, level)
            assert not ("case=" in address and "group=" in address), "no address says which group somebody is of"
    assert Look.objects.filter(viewer_id=finn.pk, person_id=ann.person_id).exists()
    assert "Ann" in opened(client, reverse("pools:shadow", args=[pool.pk, 2026, 3]))
    looks = Look.objects.count()
    line = PlanLine.objects.get(plan__case=ann).pk
    for address in ("?team=x", f"?kind=line&source={line}", f"?kind=overhead&source={Overhead.objects.get().pk}"):
        assert client.get(reverse("pools:untangle", args=[pool.pk, 2026, 3]) + address).status_code == 404
    assert Look.objects.count() == looks
    assert client.get(reverse("pools:quarter", args=[pool.pk, 2026, 5])).status_code == 404


def test_a_quarter_is_reported_as_page_table_and_document(pool, put, someone, team, client, finn):
    someone("Ann", team)
    put()
    client.force_login(finn)
    page = opened(client, reverse("pools:quarter", args=[pool.pk, 2026, 3]))
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page).group(1)
    make = reverse("pools:make_report", args=[pool.pk, 2026, 3])
    assert "has changed since you looked" in client.post(make, {"seen": "1"}, follow=True).content.decode()
    made = client.post(make, {"seen": seen}, follow=True).content.decode()
    assert "The report is made" in made and "fewer than 5" in made and "Ann" not in made
    table = client.get(reverse("pools:report_csv", args=[pool.pk, 1])).content.decode()
    assert table.startswith("Client group,Team,Person,Payer,Reason,Pounds") and "Ann" not in table
    assert client.get(reverse("pools:report_pdf", args=[pool.pk, 1])).content.startswith(b"%PDF")


def test_a_pool_is_set_up_on_pages(client, finn, mona, council, icb, someone, team):
    someone("Ann", team)
    client.force_login(finn)
    form = {
        "name": "Joint pool", "agreement": "Agreement of 1 April", "functions": "Care and after-care",
        "client_groups": [GROUP], "partners": [council.pk, icb.pk], "host": council.pk, "manager": mona.pk,
        "notice_months": 12, "risk_rule": "cap_and_collar", "vat": "", **typed("starts_on", SET_UP),
    }  # fmt: skip
    refused = client.post(reverse("pools:set_up"), form).content.decode()
    assert "needs its figure" in refused and "Joint pool" in refused
    client.post(reverse("pools:set_up"), form | {"cap_percent": 5, "collar_percent": 3})
    pool = Pool.objects.get()
    days = typed("starts_on", SET_UP) | typed("ends_on", date(2027, 3, 31))
    given = {"kind": "agreed", "pence": "4000", "words": "Minute 14 of the board", **typed("dated_on", SET_UP), **days}
    for partner in pool.partners.all():
        client.post(reverse("pools:contribute", args=[pool.pk]), given | {"partner": partner.pk})
    client.post(
        reverse("pools:put_in", args=[pool.pk]), {"client_group": GROUP, "team": "", **typed("starts_on", SET_UP)}
    )
    overhead = {
        "what": "Nurses", "kind": "seconded", "team": "", "employer": "A trust", "paid_by": icb.pk,
        "function": "health", "reason": "NHS Act 2006, s. 75", "owner": mona.pk, "pence": "900.01",
        "driver": "headcount", "question": "", **days,
    }  # fmt: skip
    add = reverse("pools:add_overhead", args=[pool.pk])
    assert "Staff in North team" in opened(client, add)
    assert "Enter the staff of each team" in client.post(add, overhead).content.decode()
    client.post(add, overhead | {f"team_{team.pk}": 3})
    client.post(add, overhead | {"what": "Car park", "driver": "", "question": "Whose visits was the car park for?"})
    page = opened(client, reverse("pools:contents", args=[pool.pk]))
    assert all(words in page for words in ("Minute 14", GROUP, "Staff in each team", "Whose visits", "£900.01"))
    asked = Overhead.objects.get(driver="")
    assert "Whose visits" in opened(client, reverse("pools:answer", args=[pool.pk, asked.pk]))
    client.post(reverse("pools:answer", args=[pool.pk, asked.pk]), {"driver": "caseload"})
    assert not Overhead.objects.filter(driver="").exists()
    inside = pool.memberships.get()
    assert "Until which day" in opened(client, reverse("pools:take_out", args=[pool.pk, inside.pk]))
    client.post(reverse("pools:take_out", args=[pool.pk, inside.pk]), typed("ends_on", ON))
    assert pool.memberships.get().ends_on == ON


def test_one_line_is_put_in_by_its_name(pool, someone, team, client, finn):
    someone("Ann", team, reason="Learning Disability Support")
    bob = someone("Bob", team, reason="Learning Disability Support")
    client.force_login(finn)
    page = reverse("pools:put_line_in", args=[pool.pk])
    assert page in opened(client, reverse("pools:contents", args=[pool.pk]))
    found = client.post(page, {"find": "yes", "words": "Bob"})
    assert "Bob" not in found["Location"]
    shown = opened(client, found["Location"])
    line = bob.plans.get().lines.get()
    assert str(line.pk) in shown and "Ann" not in shown
    assert Look.objects.filter(viewer_id=finn.pk, named__contains=[bob.person_id]).exists()
    assert "Choose a line" in client.post(found["Location"], typed("starts_on", SET_UP)).content.decode()
    said = {"line": line.pk, **typed("starts_on", SET_UP)}
    assert client.post(found["Location"], said).status_code == 302
    assert pool.memberships.get().line == line
    assert "nothing is in two pools" in client.post(found["Location"], said).content.decode()
    assert "Bob" in opened(client, reverse("pools:contents", args=[pool.pk]))


def test_a_dispute_from_start_to_recharge(someone, team, client, finn, mona, council, icb):
    ann = someone("Ann", team, percent=0, charge_pence=20_00)
    client.force_login(finn)
    begin = reverse("disputes:open", args=[ann.pk])
    form = {
        "about": "continuing_healthcare", "line": "every", "claimed_by": council.pk, "claimed_of": icb.pk,
        "claimed_share": "62.5%", "paid_by": council.pk, "reason": "The assessment found a primary health need.",
        **typed("claimed_from", date(2026, 6, 1)), **typed("began_on", date(2026, 8, 3)),
    }  # fmt: skip
    assert "Nothing of a dispute holds a payment" in opened(client, begin)
    assert "Enter the share" in client.post(begin, form | {"claimed_share": ""}).content.decode()
    assert "Choose one" in client.post(begin, form | {"paid_by": ""}).content.decode()
    client.post(begin, form)
    dispute = Dispute.objects.get()
    show = reverse("disputes:show", args=[dispute.pk])
    page = opened(client, show)
    assert "62.5% of the whole cost" in page and "Integrated Care Board would owe" in page and "Overdue" in page
    step = {"kind": "met", "words": "We met, and go on.", **typed("happened_on", date(2026, 9, 1))}
    opened(client, reverse("disputes:step", args=[dispute.pk]))
    client.post(reverse("disputes:step", args=[dispute.pk]), step)
    assert "We met, and go on." in opened(client, show)
    home = opened(client, reverse("disputes:home"))
    assert ">63<" in home and "Overdue" in home
    assert "Ann" in client.get(reverse("disputes:ageing_csv")).content.decode()
    end = reverse("disputes:end", args=[dispute.pk])
    assert 'value="62.5"' in opened(client, end)
    outcome = {
        "decided_by": "Both bodies’ panel", "share": "100", "reason": "A primary health need was found.",
        **typed("ended_on", ON), **typed("starts_on", date(2026, 6, 1)),
    }  # fmt: skip
    client.post(end, outcome)
    page = opened(client, show)
    assert "Recharged" in page and "theirs to get back" in page and Recharge.objects.count() == 4
    assert Task.objects.filter(kind="dispute_ended", case=ann).exists()
    client.force_login(mona)
    page = opened(client, show)
    assert "Ended" in page and "Take this outcome back" not in page
    assert client.get(end).status_code == 403
    client.force_login(finn)
    opened(client, reverse("disputes:take_back", args=[dispute.pk]))
    client.post(reverse("disputes:take_back", args=[dispute.pk]), {"reason": "Another person’s panel"})
    assert "In dispute" in opened(client, show) and "Taken back" in opened(client, show)
