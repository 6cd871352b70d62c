"""Addresses of a person's circumstances, below /cases/<case_id>/."""

from django.urls import path

from leeway.care.circumstances import views

app_name = "circumstances"
urlpatterns = [
    path("stays/", views.stays, name="stays"),
    path("stays/add/", views.add_stay, name="add_stay"),
    path("stays/<uuid:stay_id>/end/", views.end_stay, name="end_stay"),
    path("stays/<uuid:stay_id>/take-back/", views.take_back_stay, name="take_back_stay"),
    path("earlier-support/", views.earlier_support, name="earlier_support"),
    path("earlier-support/add/", views.add_earlier_support, name="add_earlier_support"),
    path(
        "earlier-support/<uuid:support_id>/take-back/",
        views.take_back_earlier_support,
        name="take_back_earlier_support",
    ),
    path("death/", views.death, name="death"),
    path("death/undo/", views.undo_death, name="undo_death"),
]
