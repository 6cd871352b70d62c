"""Addresses of a case's bank details, below /cases/<case_id>/bank-details/."""

from django.urls import path

from leeway.money.payees import views

app_name = "payees"
urlpatterns = [
    path("new/<str:way>/", views.enter, name="enter"),
    path("<uuid:payee_id>/", views.show, name="show"),
    path("<uuid:payee_id>/approve/", views.approve, name="approve"),
    path("<uuid:payee_id>/reject/", views.reject, name="reject"),
]
