"""The front door: the public start page, and the home page of each role."""

from django.shortcuts import redirect, render


def start(request):
    """What Leeway is, for somebody who has not signed in."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "site/start.jinja")


def home(request):
    """Your work, or your support."""
    return render(request, "site/home.jinja")


def accessibility(request):
    return render(request, "site/accessibility.jinja")


def privacy(request):
    return render(request, "site/privacy.jinja")


def law(request):
    return render(request, "site/law.jinja")
