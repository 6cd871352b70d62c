"""Every address, as every role, against the one table."""

import re
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver

from leeway.access.models import User
from leeway.access.roles import WHO_CAN, Role
from leeway.access.table import ACCESS, EVERYONE, NOBODY, SIGNED_IN, who_may_reach

NO_SUCH = {"uuid": UUID(int=7), "int": 999_999_999, "str": "nothing", "slug": "nothing", "path": "nothing"}
TWO_ROLES = [[Role.ASSESSOR, Role.MANAGER], [Role.FINANCE, Role.ANALYST], [Role.ADMINISTRATOR, Role.ANALYST]]
VISITORS = ["anonymous", *Role.values, *(" and ".join(roles) for roles in TWO_ROLES)]


def addresses(patterns=None, names=(), before="") -> dict[str, str]:
    """Every address of the site by its name, with arguments that lead to no record."""
    found = {}
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found[":".join([*names, entry.name or entry.lookup_str])] = filled(route)
        else:
            inner = [*names, entry.namespace] if entry.namespace else names
            found |= addresses(entry.url_patterns, inner, route)
    return found


def filled(route: str) -> str:
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "nothing", route)
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: str(NO_SUCH[found[1] or "str"]), route)
    return "/" + route.replace("^", "").replace("$", "").replace("\\Z", "")


@pytest.fixture
def clients(team):
    """One visitor of each kind, signed in, with a second step."""
    everyone = {"anonymous": Client(raise_request_exception=False)}
    for roles in [[role] for role in Role] + TWO_ROLES:
        name = " and ".join(roles)
        user = User.objects.create_user(f"{len(everyone)}@council.example", name=name, roles=roles, team=team)
        everyone[name] = Client(raise_request_exception=False)
        everyone[name].force_login(user)
    return everyone


def test_every_address_is_in_the_table():
    covered = {name for name in addresses() if name in ACCESS or f"{name.rpartition(':')[0]}:*" in ACCESS}
    assert set(addresses()) - covered == set(), "give these addresses a line in leeway.access.table.ACCESS"


def test_every_line_of_the_table_is_an_address():
    names = set(addresses())
    spaces = {f"{name.rpartition(':')[0]}:*" for name in names if ":" in name}
    assert set(ACCESS) - names - spaces == set()


def answer(client: Client, address: str) -> str:
    """What the door said to a visitor: in, sign in first, refused, or nothing here."""
    response = client.get(address)
    if response.status_code == 302 and response.headers["Location"].startswith("/account/login/?next="):
        return "sign in first"
    if response.status_code == 403 and b"not for this page" in response.content:
        return "refused"
    if response.status_code >= 500:
        return f"fault {response.status_code}"
    return "in"


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_door_does_what_the_table_says(clients, visitor):
    wrong = {}
    for name, address in addresses().items():
        needed = who_may_reach(name)
        if needed in (NOBODY, EVERYONE):
            expected = "in"
        elif visitor == "anonymous":
            expected = "sign in first"
        else:
            able = needed == SIGNED_IN or WHO_CAN[needed] & set(visitor.split(" and "))
            expected = "in" if able else "refused"
        said = answer(clients[visitor], address)
        if said != expected:
            wrong[f"{name} {address}"] = f"{said}, should be {expected}"
    assert wrong == {}


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "socialaccount_signup", "socialaccount_connections"]
)
def test_what_the_library_has_and_leeway_does_not_offer_is_not_there(clients, name):
    address = addresses()[name]
    assert clients["anonymous"].get(address).status_code == 404
    assert clients["assessor"].post(address, {"email": "new@home.example"}).status_code == 404


def test_an_address_outside_the_table_reaches_nobody():
    assert who_may_reach("people_of:somewhere") == NOBODY
    assert who_may_reach("nothing") == NOBODY


def test_the_door_stands_before_every_page():
    assert "leeway.access.middleware.AccessTable" in settings.MIDDLEWARE
