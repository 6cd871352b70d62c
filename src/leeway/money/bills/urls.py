"""Addresses of bills, below /bills/."""

from django.urls import path

from leeway.money.bills import views

app_name = "bills"
urlpatterns = [
    path("", views.home, name="home"),
    path("ageing/", views.ageing, name="ageing"),
    path("ageing/ageing.csv", views.ageing_csv, name="ageing_csv"),
    path("taken-over/", views.take_over, name="take_over"),
    path("settlements/<uuid:settlement_id>/", views.decide, name="decide"),
    path("settlements/<uuid:settlement_id>/undo/", views.undo, name="undo"),
    path("<uuid:case_id>/", views.account, name="account"),
    path("<uuid:case_id>/bills/<int:number>/", views.bill, name="bill"),
    path("<uuid:case_id>/bills/<int:number>/bill.pdf", views.bill_pdf, name="bill_pdf"),
    path("<uuid:case_id>/bills/<int:number>/late/", views.late, name="late"),
    path("<uuid:case_id>/bills/<int:number>/send/", views.send, name="send"),
    path("<uuid:case_id>/statement/", views.statement, name="statement"),
    path("<uuid:case_id>/statement/statement.pdf", views.statement_pdf, name="statement_pdf"),
    path("<uuid:case_id>/wrong/", views.dispute, name="dispute"),
    path("<uuid:case_id>/capacity/", views.capacity, name="capacity"),
    path("<uuid:case_id>/pauses/<uuid:pause_id>/", views.go_on, name="go_on"),
    path("<uuid:case_id>/breathing-space/", views.start_space, name="start_space"),
    path("<uuid:case_id>/breathing-space/<uuid:space_id>/<slug:what>/", views.space, name="space"),
    path("<uuid:case_id>/plan/", views.agree, name="agree"),
    path("<uuid:case_id>/plan/<uuid:payment_plan_id>/end/", views.end_plan, name="end_plan"),
    path("<uuid:case_id>/settle/", views.settle, name="settle"),
]
