"""The page of lines that name a bill or a claim: who paid which, recorded with one button."""

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leeway.access.access import SignedIn
from leeway.jobs.pressing import Asked, act_or_start
from leeway.jobs.queries import told_of
from leeway.money.statements import queries
from leeway.money.statements.referenced import Referenced, ReferencedClaim, claims_named, referenced
from leeway.money.statements.standing import standing

SHOWN = 100


@require_http_methods(["GET", "POST"])
def show(request: SignedIn, account_id):
    """Which lines name a payment reference or a claim, what they pay, and the button that records them all."""
    account = queries.get_account(account_id, seen_by=request.user, page="Bills that were paid")
    found = referenced(account, seen_by=request.user, on=timezone.localdate())
    claims = claims_named(account, seen_by=request.user)
    fitting: list[Referenced | ReferencedClaim] = [
        *(each for each in found if each.fits),
        *(each for each in claims if each.fits),
    ]
    form = forms.Form(request.POST if request.method == "POST" else None)
    asked = Asked(
        kind=queries.RECEIVE,
        title="Record the bills and claims that were paid",
        many=len(fitting),
        arguments={"account": account.pk},
        beside=queries.jobs_of(account),
    )
    if done := act_or_start(form, lambda: asked, request):
        return done
    context = {
        "account": account,
        "standing": standing(account),
        "found": found[:SHOWN],
        "more": len(found) - len(found[:SHOWN]),
        "claims": claims[:SHOWN],
        "count": len(fitting),
        "pence": sum(each.open_pence for each in fitting),
        "form": form,
        "told": told_of(queries.jobs_of(account), seen_by=request.user),
    }
    return render(request, "statements/referenced.jinja", context)
