"""Addresses of a person's account, below /cases/…/spending/."""

from django.urls import path

from leeway.money.spending import views

app_name = "spending"
urlpatterns = [
    path("", views.show, name="show"),
    path("payments/<uuid:bank_line_id>/", views.line, name="line"),
    path("payments/<uuid:bank_line_id>/not-said/", views.take_back, name="take_back"),
    path("payments/<uuid:bank_line_id>/receipt/", views.receipt, name="receipt"),
    path("payments/<uuid:bank_line_id>/receipt/<uuid:attached_id>/off/", views.take_off, name="take_off"),
    path("payments/<uuid:bank_line_id>/ask/", views.ask, name="ask"),
    path("questions/<uuid:question_id>/", views.answer, name="answer"),
    path("months/<slug:month>/", views.statement, name="statement"),
    path("months/<slug:month>/statement.pdf", views.statement_pdf, name="statement_pdf"),
    path("who-does-what/", views.running, name="running"),
    path("send/", views.send, name="send"),
    path("set-aside/", views.set_aside, name="set_aside"),
    path("set-aside/<uuid:set_aside_id>/", views.no_longer, name="no_longer"),
]
