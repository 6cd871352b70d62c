"""Addresses of individual service funds."""

from django.urls import path

from leeway.money.service_funds import views

app_name = "service_funds"
OF_A_CASE = "cases/<uuid:case_id>/service-fund/"
urlpatterns = [
    path("service-funds/", views.home, name="home"),
    path(OF_A_CASE, views.show, name="show"),
    path(f"{OF_A_CASE}statement/", views.enter, name="enter"),
    path(f"{OF_A_CASE}statement/<uuid:statement_id>/", views.take_back, name="take_back"),
    path(f"{OF_A_CASE}ask-back/", views.ask_back, name="ask_back"),
    path(f"{OF_A_CASE}asked/<uuid:asked_id>/received/", views.received, name="received"),
    path(f"{OF_A_CASE}asked/<uuid:asked_id>/let-go/", views.let_go, name="let_go"),
]
