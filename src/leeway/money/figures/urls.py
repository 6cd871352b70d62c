"""Addresses of the council's books, below /money/books/."""

from django.urls import path

from leeway.money.figures import views

app_name = "figures"
urlpatterns = [
    path("", views.home, name="home"),
    path("year.csv", views.year_csv, name="year_csv"),
    path("budget/", views.budget, name="budget"),
    path("month-ends/", views.month_ends, name="month_ends"),
    path("month-ends/<uuid:month_end_id>/", views.month_end, name="month_end"),
    path("month-ends/<uuid:month_end_id>/journal.csv", views.month_end_csv, name="month_end_csv"),
    path("journals/", views.journals, name="journals"),
    path("returns/", views.finance_returns, name="finance_returns"),
    path("returns/<uuid:return_id>/", views.finance_return, name="finance_return"),
    path("returns/<uuid:return_id>/lines.csv", views.finance_return_csv, name="finance_return_csv"),
    path("returns/<uuid:return_id>/rows.csv", views.finance_return_rows, name="finance_return_rows"),
    path("journals/<uuid:journal_id>.csv", views.journal_csv, name="journal_csv"),
]
