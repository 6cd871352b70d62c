"""Addresses of bank accounts and their lines, below /money/bank/."""

from django.urls import path

from leeway.money.statements import columns_views, picking_views, referenced_views, views

app_name = "statements"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.open_account, name="open"),
    path("new/<uuid:case_id>/", views.open_account_of, name="open_of"),
    path("runs/<uuid:run_id>/", views.confirm, name="confirm"),
    path("columns/", columns_views.every, name="columns"),
    path("columns/new/", columns_views.example, name="columns_new"),
    path("columns/describe/", columns_views.describe, name="columns_describe"),
    path("columns/of/<slug:name>/", columns_views.show, name="mapping"),
    path("columns/of/<slug:name>/new/", columns_views.example, name="mapping_anew"),
    path("<uuid:account_id>/", views.account, name="account"),
    path("<uuid:account_id>/upload/", views.upload, name="upload"),
    path("<uuid:account_id>/pick/", picking_views.pick, name="pick"),
    path("own/<uuid:case_id>/", picking_views.own, name="own"),
    path("own/<uuid:case_id>/new/", picking_views.own_open, name="own_open"),
    path("own/<uuid:case_id>/<uuid:account_id>/", picking_views.own_upload, name="own_upload"),
    path("own/<uuid:case_id>/<uuid:account_id>/pick/", picking_views.own_pick, name="own_pick"),
    path("<uuid:account_id>/lines/", views.queue, name="queue"),
    path("<uuid:account_id>/bills/", referenced_views.show, name="referenced"),
    path("<uuid:account_id>/lines/<uuid:line_id>/", views.line, name="line"),
    path("<uuid:account_id>/lines/<uuid:line_id>/accept/", views.accept, name="accept"),
    path("<uuid:account_id>/lines/<uuid:line_id>/by-hand/", views.by_hand, name="by_hand"),
    path("<uuid:account_id>/lines/<uuid:line_id>/received/", views.received, name="received"),
    path("<uuid:account_id>/matches/<uuid:match_id>/", views.match, name="match"),
    path("<uuid:account_id>/month/", views.month, name="month"),
    path("<uuid:account_id>/month/lines.csv", views.month_csv, name="month_csv"),
]
