"""Addresses of what is on record about a person and its corrections, below /cases/<case_id>/."""

from django.urls import path

from leeway.care.corrections import views

app_name = "corrections"
urlpatterns = [
    path("on-record/", views.show, name="show"),
    path("on-record/<slug:part>/", views.correct, name="correct"),
    path("on-record/corrections/<uuid:correction_id>/", views.settle, name="settle"),
    path("on-record/corrections/<uuid:correction_id>/take-back/", views.take_back, name="take_back"),
    path("on-record/corrections/<uuid:correction_id>/statement/", views.statement, name="statement"),
]
