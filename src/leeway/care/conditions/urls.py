"""Addresses of conditions of direct payments: all that are in force, and those of one case."""

from django.urls import path

from leeway.care.conditions import views

app_name = "conditions"
urlpatterns = [
    path("conditions/", views.home, name="home"),
    path("cases/<uuid:case_id>/conditions/", views.show, name="show"),
    path("cases/<uuid:case_id>/conditions/new/", views.set_one, name="set"),
    path("cases/<uuid:case_id>/conditions/<uuid:condition_id>/end/", views.end, name="end"),
    path("cases/<uuid:case_id>/conditions/<uuid:condition_id>/challenge/", views.challenge, name="challenge"),
    path("cases/<uuid:case_id>/conditions/challenges/<uuid:challenge_id>/", views.answer, name="answer"),
]
