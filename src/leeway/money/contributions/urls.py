"""Addresses of contributions, below /contributions/."""

from django.urls import path

from leeway.money.contributions import views

app_name = "contributions"
urlpatterns = [
    path("", views.home, name="home"),
    path("changes/", views.changes, name="changes"),
    path("changes/charges.csv", views.changes_csv, name="changes_csv"),
    path("changes/<uuid:case_id>/", views.change, name="change"),
    path("<uuid:case_id>/<str:payer>/", views.show, name="show"),
    path("<uuid:case_id>/<str:payer>/<uuid:receipt_id>/", views.take_back, name="take_back"),
]
