"""Addresses of a provider's bank details, below /providers/<provider_id>/bank-details/."""

from django.urls import path

from leeway.money.payees import provider_views

app_name = "provider_details"
urlpatterns = [
    path("", provider_views.home, name="home"),
    path("new/", provider_views.enter, name="enter"),
    path("<uuid:payee_id>/", provider_views.show, name="show"),
    path("<uuid:payee_id>/approve/", provider_views.approve, name="approve"),
    path("<uuid:payee_id>/reject/", provider_views.reject, name="reject"),
]
