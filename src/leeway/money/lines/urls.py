"""Addresses of one line of a plan in force, and of new prices."""

from django.urls import path

from leeway.money.lines import views

app_name = "lines"
OF_CASE = "cases/<uuid:case_id>/budget/lines/"
urlpatterns = [
    path("new-prices/", views.new_prices, name="new_prices"),
    path(f"{OF_CASE}prices/", views.take_prices, name="take_prices"),
    path(f"{OF_CASE}<uuid:line_id>/end/", views.end, name="end"),
    path(f"{OF_CASE}<uuid:line_id>/pause/", views.pause, name="pause"),
    path(f"{OF_CASE}changes/<uuid:change_id>/take-back/", views.keep, name="keep"),
    path(f"{OF_CASE}changes/<uuid:change_id>/", views.carry_out, name="carry_out"),
]
