"""Addresses of visits and invoices, below /invoices/."""

from django.urls import path

from leeway.money.invoices import file_views, views

app_name = "invoices"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.enter, name="enter"),
    path("file/", file_views.invoice_file, name="invoice_file"),
    path("visits/", views.visits, name="visits"),
    path("visits/new/", views.enter_visit, name="enter_visit"),
    path("visits/file/", file_views.visit_file, name="visit_file"),
    path("visits/file/<uuid:file_id>/take-back/", file_views.take_back, name="take_back_file"),
    path("visits/match/", views.match, name="match"),
    path("visits/<uuid:visit_id>/", views.visit, name="visit"),
    path("disputes/<uuid:dispute_id>/", views.answer, name="answer"),
    path("<uuid:invoice_id>/", views.show, name="show"),
    path("<uuid:invoice_id>/compare/", views.compare, name="compare"),
    path("<uuid:invoice_id>/agree/", views.agree, name="agree"),
    path("<uuid:invoice_id>/withdraw/", views.withdraw, name="withdraw"),
]
