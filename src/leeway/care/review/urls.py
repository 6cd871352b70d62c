"""Reviews, under the address of a case, and those that are due."""

from django.urls import include, path

from leeway.care.review import views

app_name = "review"
of_a_case = [
    path("", views.show, name="show"),
    path("ask/", views.ask, name="ask"),
    path("concern/", views.concern, name="concern"),
    path("start/", views.start, name="start"),
    path("write/", views.write, name="write"),
    path("complete/", views.complete, name="complete"),
]
urlpatterns = [
    path("cases/<uuid:case_id>/review/", include(of_a_case)),
    path("reviews/", views.due, name="due"),
]
