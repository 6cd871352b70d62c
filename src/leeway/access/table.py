"""The one table of who may reach which address. An address that is not here reaches nobody.

Keys are URL names (`namespace:name`), or a whole namespace with `:*`. Values are what one must be able to do to come in
(`roles.py` says which roles are), or one of three words: EVERYONE (no sign-in needed), SIGNED_IN and NOBODY. Permission
to see one person's record, or to do a thing, is checked again inside the query or the action: this table only says who
may knock at which door.
"""

from django.contrib.auth.models import AnonymousUser

from leeway.access.models import User
from leeway.access.roles import Capability

EVERYONE, SIGNED_IN, NOBODY = "everyone", "signed in", "nobody"

ACCESS: dict[str, Capability | str] = {
    # the front door
    "home": SIGNED_IN,
    "start": EVERYONE,
    "team": Capability.LEAD_TEAM,
    "team_waits": Capability.LEAD_TEAM,
    "team_budgets": Capability.LEAD_TEAM,
    "accessibility": EVERYONE,
    "privacy": EVERYONE,
    "law": EVERYONE,
    "allocation_table": EVERYONE,
    "what_might_i_pay": EVERYONE,
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
    "access:*": Capability.ADMINISTER,
    # work in the background: a job is shown to whoever asked for it, and to whoever may see everybody's
    "jobs:show": SIGNED_IN,
    "jobs:again": SIGNED_IN,
    "jobs:own": SIGNED_IN,
    "jobs:every": Capability.SEE_JOBS,
    # every message of a made-up council; nowhere else
    "outbox:mailbox": Capability.WORK_FOR_COUNCIL,
    # asking for help: anybody asks, whoever works on cases answers
    "ask:*": EVERYONE,
    "asking:*": Capability.WORK_ON_CASES,
    # the case page and what hangs from it
    "case": Capability.FOLLOW_CASES,
    "people:search": Capability.SEE_RECORDS,
    "people:reason": Capability.SEE_RECORDS,
    "people:files": Capability.FOLLOW_CASES,
    "people:add_file": Capability.WRITE_PLANS,
    "people:messages": Capability.FOLLOW_CASES,
    "people:message": Capability.FOLLOW_CASES,
    "people:looks": Capability.SEE_WHO_LOOKED,
    "people:answer": Capability.TAKE_PART,
    "people:leave_given": Capability.TAKE_PART,
    "people:end_leave": Capability.WRITE_PLANS,
    "people:finish_task": Capability.SEE_RECORDS,
    "people:*": Capability.WORK_ON_CASES,
    "circumstances:stays": Capability.FOLLOW_CASES,
    "circumstances:earlier_support": Capability.FOLLOW_CASES,
    "circumstances:*": Capability.WORK_ON_CASES,
    "corrections:show": Capability.WRITE_PLANS,
    "corrections:settle": Capability.WORK_ON_CASES,
    "corrections:*": Capability.TAKE_PART,
    "assessment:*": Capability.FOLLOW_CASES,
    "decisions:*": Capability.FOLLOW_CASES,
    "letters:*": Capability.FOLLOW_CASES,
    "planning:overview": Capability.FOLLOW_CASES,
    "planning:version": Capability.FOLLOW_CASES,
    "planning:about": Capability.WRITE_PLANS,
    "planning:add_aim": Capability.WRITE_PLANS,
    "planning:aim": Capability.WRITE_PLANS,
    "planning:remove_aim": Capability.WRITE_PLANS,
    "planning:need": Capability.WRITE_PLANS,
    "planning:choice": Capability.WRITE_PLANS,
    "planning:agree": Capability.WRITE_PLANS,
    "planning:change_mind": Capability.WRITE_PLANS,
    "planning:take_back_mind": Capability.WRITE_PLANS,
    "planning:challenge": Capability.SIGN_OFF,
    "planning:sign_off": Capability.SIGN_OFF,
    "planning:sign_off_queue": Capability.SIGN_OFF,
    "planning:*": Capability.WORK_ON_CASES,
    "review:show": Capability.FOLLOW_CASES,
    "review:ask": Capability.WRITE_PLANS,
    "review:*": Capability.WORK_ON_CASES,
    # files: whoever owns one says who may read it
    "files:show": SIGNED_IN,
    # money
    "budgets:show": Capability.FOLLOW_CASES,
    "budgets:interim": Capability.FOLLOW_CASES,
    "budgets:authorise_interim": Capability.SIGN_OFF,
    "budgets:end_interim": Capability.WORK_FOR_COUNCIL,
    "budgets:*": Capability.START_BUDGETS,
    "payees:*": Capability.KEEP_BANK_DETAILS,
    "provider_details:*": Capability.KEEP_BANK_DETAILS,
    "payments:leave_out": Capability.START_BUDGETS,
    "payments:*": Capability.PAY,
    "first_payments": Capability.PAY,
    "contributions:changes": Capability.SEE_RECORDS,
    "contributions:changes_csv": Capability.SEE_RECORDS,
    "contributions:change": Capability.START_BUDGETS,
    "contributions:*": Capability.CONFIRM_RECEIPTS,
    "statements:own": Capability.TAKE_PART,
    "statements:own_open": Capability.TAKE_PART,
    "statements:own_upload": Capability.TAKE_PART,
    "statements:own_pick": Capability.TAKE_PART,
    "statements:home": Capability.SEE_BANK,
    "statements:account": Capability.SEE_BANK,
    "statements:queue": Capability.SEE_BANK,
    "statements:line": Capability.SEE_BANK,
    "statements:match": Capability.SEE_BANK,
    "statements:month": Capability.SEE_BANK,
    "statements:confirm": Capability.SEE_BANK,
    "statements:month_csv": Capability.SEE_BANK,
    "statements:*": Capability.RECONCILE,
    "figures:budget": Capability.KEEP_BOOKS,
    "figures:*": Capability.SEE_BOOKS,
    "disputes:home": Capability.SEE_DISPUTES,
    "disputes:ageing_csv": Capability.SEE_DISPUTES,
    "disputes:show": Capability.SEE_DISPUTES,
    "disputes:*": Capability.KEEP_DISPUTES,
    "pools:home": Capability.SEE_POOLS,
    "pools:show": Capability.SEE_POOLS,
    "pools:quarter": Capability.SEE_POOLS,
    "pools:contents": Capability.SEE_POOLS,
    "pools:untangle": Capability.SEE_POOLS,
    "pools:shadow": Capability.SEE_POOLS,
    "pools:report": Capability.SEE_POOLS,
    "pools:report_csv": Capability.SEE_POOLS,
    "pools:report_pdf": Capability.SEE_POOLS,
    "pools:*": Capability.KEEP_POOLS,
    # directory
    "directory:add": Capability.LIST_SERVICES,
    "directory:prices": Capability.WORK_FOR_COUNCIL,
    "directory:price": Capability.LIST_SERVICES,
    "directory:end_price": Capability.LIST_SERVICES,
    "directory:*": EVERYONE,
    # insight
    "insight:home": Capability.SEE_RESULTS,
    "insight:explore": Capability.SEE_RESULTS,
    "insight:chart": Capability.SEE_RESULTS,
    "insight:data": Capability.SEE_RESULTS,
    "insight:own": Capability.ANALYSE,
    "insight:second_look": Capability.ANALYSE,
    "insight:targets": Capability.SEE_RESULTS,
    "insight:fan": Capability.SEE_RESULTS,
    "insight:set_target": Capability.SET_TARGETS,
    "insight:end_target": Capability.SET_TARGETS,
    "insight:question": Capability.SEE_RESULTS,
    "insight:curve": Capability.SEE_RESULTS,
    "insight:estimates": Capability.SEE_RESULTS,
    "insight:money": Capability.SEE_RESULTS,
    "insight:money_chart": Capability.SEE_RESULTS,
    "insight:money_csv": Capability.SEE_RESULTS,
    "insight:publish": Capability.PUBLISH,
    "insight:account": EVERYONE,
    "insight:account_csv": EVERYONE,
    "insight:account_package": EVERYONE,
    # surveys: anyone with the address answers
    "insight:answer": EVERYONE,
    "insight:thanks": EVERYONE,
    "insight:waves": Capability.SEE_RESULTS,
    "insight:wave": Capability.SEE_RESULTS,
    "insight:wave_csv": Capability.SEE_RESULTS,
    "insight:compare_waves": Capability.SEE_RESULTS,
    "insight:open_wave": Capability.OPEN_SURVEYS,
    "insight:close_wave": Capability.OPEN_SURVEYS,
}


def who_may_reach(view_name: str) -> Capability | str:
    """What one must be able to do to reach an address, or one of the three words; NOBODY where no line names it."""
    namespace = view_name.rpartition(":")[0]
    return ACCESS.get(view_name, ACCESS.get(f"{namespace}:*", NOBODY))


def may_reach(user: User | AnonymousUser | None, view_name: str) -> bool:
    """Whether this visitor is let in to an address, so that its link is shown to them."""
    needed = who_may_reach(view_name)
    if not isinstance(user, User):
        return needed == EVERYONE
    return user.can(needed) if isinstance(needed, Capability) else needed != NOBODY
