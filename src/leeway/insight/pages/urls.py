"""Addresses of surveys: the public one of each wave, and those for the council's analysts."""

from django.urls import path

from leeway.insight.pages.views import survey, waves

app_name = "insight"
urlpatterns = [
    path("survey/<str:token>/", survey.answer, name="answer"),
    path("survey/<str:token>/thank-you/", survey.thanks, name="thanks"),
    path("surveys/", waves.waves, name="waves"),
    path("surveys/open/", waves.open_wave, name="open_wave"),
    path("surveys/compare/", waves.compare, name="compare_waves"),
    path("surveys/<uuid:wave_id>/", waves.wave, name="wave"),
    path("surveys/<uuid:wave_id>/close/", waves.close_wave, name="close_wave"),
    path("surveys/<uuid:wave_id>/results.csv", waves.results_file, name="wave_csv"),
]
