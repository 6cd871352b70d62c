"""The needs assessment and the money check, under the address of a case."""

from django.urls import path

from leeway.care.assessment import money_views, views

app_name = "assessment"
urlpatterns = [
    path("assessment/", views.overview, name="overview"),
    path("assessment/start/", views.start, name="start"),
    path("assessment/written/", views.written, name="written"),
    path("assessment/conversation/", views.conversation, name="conversation"),
    path("assessment/parts-of-life/", views.outcomes, name="outcomes"),
    path("assessment/conditions/", views.conditions, name="conditions"),
    path("assessment/budget-questions/", views.budget_questions, name="budget_questions"),
    path("assessment/who-helps/", views.cross_check, name="cross_check"),
    path("assessment/check/", views.check, name="check"),
    path("assessment/result/", views.result, name="result"),
    path("assessment/own-words/", views.own_words, name="own_words"),
    path("assessment/own-words/<slug:outcome>/", views.own_words_on_outcome, name="own_words_on_outcome"),
    path("money-check/", money_views.overview, name="money"),
    path("money-check/start/", money_views.start, name="money_start"),
    path("money-check/check/", money_views.check, name="money_check"),
    path("money-check/result/", money_views.result, name="money_result"),
    path("money-check/<slug:part>/", money_views.part, name="money_part"),
]
