"""Addresses of the eight themes and the risk register, below /insight/how-managed/."""

from django.urls import path

from leeway.insight.themes import views

app_name = "themes"
urlpatterns = [
    path("", views.home, name="home"),
    path("answers.csv", views.answers_csv, name="answers_csv"),
    path("risks/", views.risks, name="risks"),
    path("risks/register.csv", views.risks_csv, name="risks_csv"),
    path("risks/enter/", views.enter, name="enter"),
    path("risks/<uuid:risk_id>/", views.risk, name="risk"),
    path("<slug:code>/", views.answer, name="answer"),
]
