"""Addresses of batches of new charges, below /new-charges/."""

from django.urls import path

from leeway.money.uprating import views

app_name = "uprating"
urlpatterns = [
    path("", views.home, name="home"),
    path("draft/", views.draft, name="draft"),
    path("<uuid:batch_id>/", views.show, name="show"),
    path("<uuid:batch_id>/people.csv", views.people_csv, name="people_csv"),
    path("<uuid:batch_id>/look/", views.look, name="look"),
    path("<uuid:batch_id>/approve/", views.approve, name="approve"),
    path("<uuid:batch_id>/apply/", views.apply, name="apply"),
    path("<uuid:batch_id>/letters/", views.letters, name="letters"),
    path("<uuid:batch_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:batch_id>/undo/", views.undo, name="undo"),
    path("<uuid:batch_id>/<uuid:row_id>/", views.row, name="row"),
]
