"""Addresses of one line of a plan in force, below /cases/<case_id>/budget/lines/."""

from django.urls import path

from leeway.money.lines import views

app_name = "lines"
urlpatterns = [
    path("<uuid:line_id>/end/", views.end, name="end"),
    path("changes/<uuid:change_id>/take-back/", views.keep, name="keep"),
    path("changes/<uuid:change_id>/", views.carry_out, name="carry_out"),
]
