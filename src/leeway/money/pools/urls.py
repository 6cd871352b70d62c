"""Addresses of pooled funds, below /pools/. A quarter is named by its year and number."""

from django.urls import path

from leeway.money.pools import report_views, views

app_name = "pools"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.set_up, name="set_up"),
    path("<uuid:pool_id>/", views.show, name="show"),
    path("<uuid:pool_id>/contents/", views.contents, name="contents"),
    path("<uuid:pool_id>/contribution/", views.contribute, name="contribute"),
    path("<uuid:pool_id>/put-in/", views.put_in, name="put_in"),
    path("<uuid:pool_id>/put-line-in/", views.put_line_in, name="put_line_in"),
    path("<uuid:pool_id>/take-out/<uuid:membership_id>/", views.take_out, name="take_out"),
    path("<uuid:pool_id>/overhead/", views.add_overhead, name="add_overhead"),
    path("<uuid:pool_id>/overhead/<uuid:overhead_id>/", views.answer, name="answer"),
    path("<uuid:pool_id>/<int:year>/q<int:number>/", views.show, name="quarter"),
    path("<uuid:pool_id>/<int:year>/q<int:number>/untangle/", views.untangle, name="untangle"),
    path("<uuid:pool_id>/<int:year>/q<int:number>/shadow/", views.shadow, name="shadow"),
    path("<uuid:pool_id>/<int:year>/q<int:number>/report/", report_views.make, name="make_report"),
    path("<uuid:pool_id>/report/<int:number>/", report_views.show, name="report"),
    path("<uuid:pool_id>/report/<int:number>/report.csv", report_views.as_csv, name="report_csv"),
    path("<uuid:pool_id>/report/<int:number>/report.pdf", report_views.as_pdf, name="report_pdf"),
]
