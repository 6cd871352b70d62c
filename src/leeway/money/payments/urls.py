"""Addresses of payment runs, below /payments/."""

from django.urls import path

from leeway.money.payments import provider_views, together_views, views

app_name = "payments"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.make, name="make"),
    path("same-day/", views.faster, name="faster"),
    path("days-to-pay/", provider_views.days, name="days_to_pay"),
    path("days-to-pay/table/", provider_views.days_csv, name="days_to_pay_csv"),
    path("providers/", provider_views.home, name="providers"),
    path("providers/<uuid:provider_id>/", provider_views.show, name="provider"),
    path("providers/<uuid:provider_id>/remittance-address/", provider_views.address, name="remittance_address"),
    path("owed/<uuid:owed_id>/hold/", provider_views.hold, name="hold_invoice"),
    path("owed/<uuid:owed_id>/pay/", provider_views.pay, name="pay_invoice"),
    path("remittances/<uuid:payment_id>/", provider_views.remittance, name="remittance"),
    path("remittances/<uuid:payment_id>/pdf/", provider_views.remittance_pdf, name="remittance_pdf"),
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
