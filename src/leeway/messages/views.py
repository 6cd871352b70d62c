"""The mailbox of a made-up council: what left it, as it would have arrived. Nowhere else is there such a page."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leeway.messages import queries

A_PAGE = 20


@require_safe
def mailbox(request):
    """Every email, text message and letter, the latest first."""
    if not settings.DEMO:
        raise Http404("Only a made-up council has a mailbox.")
    channel = request.GET.get("channel", "")
    page = Paginator(queries.delivered_here(channel), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "channel": channel,
        "counts": queries.counted_here(),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "mail": queries.mail_of_the_site(seen_by=request.user) if page.number == 1 and channel in {"", "email"} else [],
    }
    return render(request, "outbox/mailbox.jinja", context)
