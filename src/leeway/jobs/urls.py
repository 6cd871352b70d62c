"""Addresses of jobs."""

from django.urls import path

from leeway.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.every, name="every"),
    path("own/", views.own, name="own"),
    path("<uuid:job_id>/", views.show, name="show"),
    path("<uuid:job_id>/again/", views.again, name="again"),
]
