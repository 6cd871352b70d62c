"""The page of one decision."""

from django.urls import path

from leeway.care.decisions import views

app_name = "decisions"
urlpatterns = [path("<uuid:decision_id>/", views.show, name="show")]
