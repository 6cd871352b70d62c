"""Addresses of payment runs, below /payments/."""

from django.urls import path

from leeway.money.payments import together_views, views

app_name = "payments"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.make, name="make"),
    path("same-day/", views.faster, name="faster"),
    path("files/new/", together_views.choose, name="together"),
    path("files/<uuid:file_id>/", together_views.show, name="file"),
    path("files/<uuid:file_id>/bacs/", together_views.download, name="file_bacs"),
    path("files/<uuid:file_id>/send/", together_views.send, name="file_send"),
    path("files/<uuid:file_id>/apart/", together_views.take_apart, name="take_apart"),
    path("<uuid:run_id>/", views.show, name="show"),
    path("<uuid:run_id>/approve/", views.approve, name="approve"),
    path("<uuid:run_id>/leave-out/<int:place>/", views.leave_out, name="leave_out"),
    path("<uuid:run_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:run_id>/send/", views.send, name="send"),
    path("<uuid:run_id>/day/", views.redate, name="redate"),
    path("<uuid:run_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:run_id>/answer/", views.answer, name="answer"),
    path("<uuid:run_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:run_id>/returned/<int:place>/", views.returned, name="returned"),
    path("<uuid:run_id>/sample/", views.sample, name="sample"),
    path("<uuid:run_id>/sample/<int:place>/", views.checked, name="checked"),
    path("<uuid:run_id>/bacs/", views.bacs, name="bacs"),
    path("<uuid:run_id>/iso20022/", views.iso, name="iso"),
]
