"""The one table of who may reach which address. An address that is not here reaches nobody.

Keys are URL names (`namespace:name`), or a whole namespace with `:*`. Values are roles, or one of three words:
EVERYONE (no sign-in needed), SIGNED_IN and NOBODY. Permission to see one person's record, or to do a thing, is checked
again inside the query or the action: this table only says who may knock at which door.
"""

from leeway.access.models import STAFF, Role

EVERYONE = frozenset({"everyone"})
SIGNED_IN = frozenset(Role)
NOBODY: frozenset[str] = frozenset()
CASEWORK = frozenset({Role.ASSESSOR, Role.MANAGER})
RECORDS = CASEWORK | {Role.FINANCE}
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
MANAGEMENT = frozenset({Role.MANAGER})
LISTERS = frozenset({Role.COMMISSIONER, Role.ASSESSOR, Role.ADMINISTRATOR})
ANALYSIS = frozenset({Role.ANALYST, Role.ADMINISTRATOR})
RESULTS = ANALYSIS | {Role.COMMISSIONER}
WRITERS = CASEWORK | {Role.PERSON}
JOURNEY = frozenset({Role.PERSON, Role.ASSESSOR, Role.MANAGER, Role.FINANCE})

ACCESS: dict[str, frozenset[str]] = {
    # the front door
    "home": SIGNED_IN,
    "start": EVERYONE,
    "accessibility": EVERYONE,
    "privacy": EVERYONE,
    "law": EVERYONE,
    # signing in
    "account_login": EVERYONE,
    "account_logout": EVERYONE,
    "account_inactive": EVERYONE,
    "account_reset_password": EVERYONE,
    "account_reset_password_done": EVERYONE,
    "account_reset_password_from_key": EVERYONE,
    "account_reset_password_from_key_done": EVERYONE,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_authenticate": EVERYONE,
    "mfa_login_webauthn": EVERYONE,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "openid_connect_login": EVERYONE,
    "openid_connect_callback": EVERYONE,
    "socialaccount_login_cancelled": EVERYONE,
    "socialaccount_login_error": EVERYONE,
    # what the sign-in library has and Leeway does not offer
    "account_signup": NOBODY,
    "account_email": NOBODY,
    "account_email_verification_sent": NOBODY,
    "account_confirm_email": NOBODY,
    "account_confirm_login_code": NOBODY,
    "socialaccount_signup": NOBODY,
    "socialaccount_connections": NOBODY,
    # who signs in
    "access:*": ADMINISTRATION,
    # work in the background: a job is shown to whoever asked for it, and to administrators
    "jobs:show": SIGNED_IN,
    "jobs:again": SIGNED_IN,
    "jobs:every": ADMINISTRATION,
    # every message of a made-up council; nowhere else
    "outbox:mailbox": STAFF,
    # the case page and what hangs from it
    "case": JOURNEY,
    "people:search": RECORDS,
    "people:reason": RECORDS,
    "people:looks": frozenset({Role.PERSON, Role.MANAGER}),
    "people:messages": JOURNEY,
    "people:message": JOURNEY,
    "people:finish_task": RECORDS,
    "people:*": CASEWORK,
    "circumstances:stays": JOURNEY,
    "circumstances:*": CASEWORK,
    "assessment:*": JOURNEY,
    "decisions:*": JOURNEY,
    "letters:*": JOURNEY,
    "planning:overview": JOURNEY,
    "planning:version": JOURNEY,
    "planning:about": WRITERS,
    "planning:add_aim": WRITERS,
    "planning:aim": WRITERS,
    "planning:remove_aim": WRITERS,
    "planning:choice": WRITERS,
    "planning:agree": WRITERS,
    "planning:sign_off": MANAGEMENT,
    "planning:sign_off_queue": MANAGEMENT,
    "planning:*": CASEWORK,
    "review:show": JOURNEY,
    "review:ask": WRITERS,
    "review:*": CASEWORK,
    # money
    "budgets:show": JOURNEY,
    "budgets:*": frozenset({Role.FINANCE}),
    "payees:*": frozenset({Role.FINANCE}),
    "payments:*": frozenset({Role.FINANCE}),
    # directory
    "listings:add": LISTERS,
    "listings:price": LISTERS,
    "listings:*": EVERYONE,
    # insight
    "insight:home": RESULTS,
    "insight:explore": RESULTS,
    "insight:chart": RESULTS,
    "insight:data": RESULTS,
    "insight:own": ANALYSIS,
    "insight:second_look": ANALYSIS,
    "insight:targets": RESULTS,
    "insight:fan": RESULTS,
    "insight:set_target": frozenset({Role.ANALYST}),
    "insight:end_target": frozenset({Role.ANALYST}),
    "insight:question": RESULTS,
    "insight:curve": RESULTS,
    "insight:estimates": RESULTS,
    "insight:money": RESULTS,
    "insight:money_chart": RESULTS,
    "insight:money_csv": RESULTS,
    "insight:publish": frozenset({Role.ANALYST}),
    "insight:account": EVERYONE,
    "insight:account_csv": EVERYONE,
    "insight:account_package": EVERYONE,
    # surveys: anyone with the address answers
    "insight:answer": EVERYONE,
    "insight:thanks": EVERYONE,
    "insight:waves": RESULTS,
    "insight:wave": RESULTS,
    "insight:wave_csv": RESULTS,
    "insight:compare_waves": RESULTS,
    "insight:open_wave": ANALYSIS,
    "insight:close_wave": ANALYSIS,
}


def who_may_reach(view_name: str) -> frozenset[str]:
    """The roles that may reach an address; nobody where the table does not name it."""
    namespace = view_name.rpartition(":")[0]
    return ACCESS.get(view_name, ACCESS.get(f"{namespace}:*", NOBODY))
