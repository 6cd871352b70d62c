"""Addresses of a case's budget, below /cases/<case_id>/budget/."""

from django.urls import path

from leeway.money.budgets import views

app_name = "budgets"
urlpatterns = [
    path("", views.show, name="show"),
    path("start/", views.start, name="start"),
    path("send-back/", views.send_back, name="send_back"),
    path("who-collects/", views.who_collects, name="who_collects"),
    path("fund/", views.fund, name="fund"),
    path("hold/", views.hold, name="hold"),
    path("hold/<uuid:hold_id>/lift/", views.lift, name="lift"),
    path("hold/<uuid:hold_id>/away/", views.away, name="away"),
    path("hold/<uuid:hold_id>/longer/", views.extend, name="extend"),
    path("on-account/", views.interim, name="interim"),
    path("on-account/<uuid:interim_id>/agree/", views.authorise_interim, name="authorise_interim"),
    path("on-account/<uuid:interim_id>/end/", views.end_interim, name="end_interim"),
    path("end/", views.end, name="end"),
    path("again/", views.again, name="again"),
    path("last-cost/", views.last_cost, name="last_cost"),
    path("last-cost/<uuid:cost_id>/look/", views.look, name="look"),
    path("last-cost/<uuid:cost_id>/cancel/", views.cancel_last_cost, name="cancel_last_cost"),
]
