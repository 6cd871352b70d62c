"""Addresses of funders, and of who pays the lines of a case."""

from django.urls import path

from leeway.money.funders import views

app_name = "funders"
urlpatterns = [
    path("funders/", views.home, name="home"),
    path("funders/add/", views.add, name="add"),
    path("funders/<uuid:funder_id>/", views.show, name="show"),
    path("funders/<uuid:funder_id>/pays.csv", views.show_csv, name="show_csv"),
    path("funders/<uuid:funder_id>/change/", views.change, name="change"),
    path("funders/<uuid:funder_id>/milestone/", views.milestone, name="milestone"),
    path("cases/<uuid:case_id>/who-pays/", views.case, name="case"),
    path("cases/<uuid:case_id>/who-pays/<uuid:line_id>/", views.share, name="share"),
]
