"""Addresses of disputes over who pays, below /disputes/."""

from django.urls import path

from leeway.money.disputes import views

app_name = "disputes"
urlpatterns = [
    path("", views.home, name="home"),
    path("disputes.csv", views.ageing_csv, name="ageing_csv"),
    path("open/<uuid:case_id>/", views.open_dispute, name="open"),
    path("<uuid:dispute_id>/", views.show, name="show"),
    path("<uuid:dispute_id>/step/", views.step, name="step"),
    path("<uuid:dispute_id>/end/", views.end, name="end"),
    path("<uuid:dispute_id>/take-back/", views.take_back, name="take_back"),
]
