"""Addresses of insight: the published figures, and surveys (the public one of each wave, and those for analysts)."""

from django.urls import path

from leeway.insight.pages.views import (
    account,
    changes,
    explore,
    home,
    money,
    own,
    programmes,
    question,
    survey,
    targets,
    waves,
)

app_name = "insight"
urlpatterns = [
    path("insight/", home.home, name="home"),
    path("insight/explore/", explore.explore, name="explore"),
    path("insight/explore/chart.svg", explore.chart, name="chart"),
    path("insight/explore/figures.csv", explore.data, name="data"),
    path("insight/own-records/", own.own, name="own"),
    path("insight/own-records/second-look/", own.second_look, name="second_look"),
    path("insight/targets/", targets.targets, name="targets"),
    path("insight/targets/chart.svg", targets.fan, name="fan"),
    path("insight/targets/set/", targets.set_target, name="set_target"),
    path("insight/targets/end/", targets.end_target, name="end_target"),
    path("insight/direct-payment-question/", question.question, name="question"),
    path("insight/direct-payment-question/curve.svg", question.picture, name="curve"),
    path("insight/direct-payment-question/estimates.csv", question.estimates, name="estimates"),
    path("insight/money/", money.money, name="money"),
    path("insight/money/shares.svg", money.picture, name="money_chart"),
    path("insight/money/spending.csv", money.figures, name="money_csv"),
    path("insight/changes/", changes.changes, name="changes"),
    path("insight/changes/causes.svg", changes.picture, name="changes_chart"),
    path("insight/changes/changes.csv", changes.figures, name="changes_csv"),
    path("insight/changes/cases/", changes.cases, name="changed_cases"),
    path("insight/local-account/", account.publish, name="publish"),
    path("programmes/", programmes.show, name="programmes"),
    path("local-account/", account.account, name="account"),
    path("local-account/figures.csv", account.figures_file, name="account_csv"),
    path("local-account/datapackage.json", account.data_package, name="account_package"),
    path("survey/<slug:token>/", survey.answer, name="answer"),
    path("survey/<slug:token>/thank-you/", survey.thanks, name="thanks"),
    path("surveys/", waves.waves, name="waves"),
    path("surveys/open/", waves.open_wave, name="open_wave"),
    path("surveys/compare/", waves.compare, name="compare_waves"),
    path("surveys/<uuid:wave_id>/", waves.wave, name="wave"),
    path("surveys/<uuid:wave_id>/close/", waves.close_wave, name="close_wave"),
    path("surveys/<uuid:wave_id>/results.csv", waves.results_file, name="wave_csv"),
]
