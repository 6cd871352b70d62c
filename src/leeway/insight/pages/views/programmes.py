"""What programmes gave for a time, beside the take-up that they were to bring."""

from django.http import HttpRequest
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leeway.published.programmes import people_with_direct_payments, programmes, take_up_of


@require_safe
def show(request: HttpRequest):
    """Each programme with its total, its years and their sources; the first beside the published take-up."""
    context = {
        "programmes": programmes(),
        "people": people_with_direct_payments("2006-07", "2012-13"),
        "take_up": take_up_of("2010-11"),
    }
    return render(request, "insight/programmes.jinja", context)
