"""Every address of the site, room by room."""

from django.urls import include, path

from leeway.site import casepage, employing, estimate, first_payments, home, team, team_waits, views

urlpatterns = [
    path("", views.start, name="start"),
    path("home/", home.home, name="home"),
    path("team/", team.show, name="team"),
    path("team/waits/<slug:what>/", team_waits.show, name="team_waits"),
    path("team/budgets/", team.budgets, name="team_budgets"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("your-information/", views.privacy, name="privacy"),
    path("rules/", views.law, name="law"),
    path("rules/allocation-table/", views.allocation_table, name="allocation_table"),
    path("what-might-i-pay/", estimate.what_might_i_pay, name="what_might_i_pay"),
    path("employ-somebody/", employing.what_would_employing_cost, name="what_would_employing_cost"),
    path("cases/<uuid:case_id>/", casepage.show, name="case"),
    path("", include("leeway.access.urls")),
    path("jobs/", include("leeway.jobs.urls")),
    path("", include("leeway.messages.urls")),
    path("", include("leeway.care.people.urls")),
    path("", include("leeway.care.asking.urls")),
    path("cases/<uuid:case_id>/", include("leeway.care.circumstances.urls")),
    path("cases/<uuid:case_id>/", include("leeway.care.corrections.urls")),
    path("cases/<uuid:case_id>/", include("leeway.care.employing.urls")),
    path("", include("leeway.care.conditions.urls")),
    path("cases/<uuid:case_id>/", include("leeway.care.assessment.urls")),
    path("cases/<uuid:case_id>/decisions/", include("leeway.care.decisions.urls")),
    path("", include("leeway.care.planning.urls")),
    path("", include("leeway.care.review.urls")),
    path("cases/", include("leeway.care.letters.urls")),
    path("", include("leeway.files.urls")),
    path("cases/<uuid:case_id>/bank-details/", include("leeway.money.payees.urls")),
    path("providers/<uuid:provider_id>/bank-details/", include("leeway.money.payees.provider_urls")),
    path("cases/<uuid:case_id>/budget/", include("leeway.money.budgets.urls")),
    path("", include("leeway.money.lines.urls")),
    path("", include("leeway.money.service_funds.urls")),
    path("payments/first/", first_payments.show, name="first_payments"),
    path("payments/", include("leeway.money.payments.urls")),
    path("", include("leeway.money.funders.urls")),
    path("contributions/", include("leeway.money.contributions.urls")),
    path("disputes/", include("leeway.money.disputes.urls")),
    path("pools/", include("leeway.money.pools.urls")),
    path("bills/", include("leeway.money.bills.urls")),
    path("claims/", include("leeway.money.claims.urls")),
    path("invoices/", include("leeway.money.invoices.urls")),
    path("new-charges/", include("leeway.money.uprating.urls")),
    path("money/recovery/", include("leeway.money.recovery.urls")),
    path("money/bank/", include("leeway.money.statements.urls")),
    path("cases/<uuid:case_id>/spending/", include("leeway.money.spending.urls")),
    path("", include("leeway.money.monitoring.urls")),
    path("money/books/", include("leeway.money.figures.urls")),
    path("directory/", include("leeway.market.directory.urls")),
    path("insight/how-managed/", include("leeway.insight.themes.urls")),
    path("", include("leeway.insight.pages.urls")),
]

handler400 = views.not_understood
handler403 = views.not_allowed
handler404 = views.not_found
handler500 = views.at_fault
