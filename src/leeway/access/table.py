"""The one table of who may reach which address. An address that is not here reaches nobody.

Keys are URL names (`namespace:name`), or a whole namespace with `:*`. Values are roles, or one of two words:
EVERYONE (no sign-in needed) and SIGNED_IN. Permission to see one person's record, or to do a thing, is checked
again inside the query or the action: this table only says who may knock at which door.
"""

from leeway.access.models import STAFF, Role

EVERYONE = frozenset({"everyone"})
SIGNED_IN = frozenset(Role)
CASEWORK = frozenset({Role.ASSESSOR, Role.MANAGER})
JOURNEY = frozenset({Role.PERSON, Role.ASSESSOR, Role.MANAGER, Role.FINANCE})

ACCESS: dict[str, frozenset[str]] = {
    # the front door
    "home": SIGNED_IN,
    "start": EVERYONE,
    "accessibility": EVERYONE,
    "privacy": EVERYONE,
    "law": EVERYONE,
    # the case page and what hangs from it
    "case": JOURNEY,
    "people:search": STAFF,
    # directory
    "directory:*": EVERYONE,
}


def who_may_reach(view_name: str) -> frozenset[str]:
    """The roles that may reach an address; nobody where the table does not name it."""
    namespace = view_name.rpartition(":")[0]
    return ACCESS.get(view_name) or ACCESS.get(f"{namespace}:*") or frozenset()
