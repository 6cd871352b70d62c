"""Asking for help, for anybody; and reading and answering it, for whoever works on cases."""

from django.urls import include, path

from leeway.care.asking import public_views, views

ask = [
    path("", public_views.start, name="start"),
    path("request/", public_views.ask, name="request"),
    path("your-life/<slug:kind>/", public_views.life, name="life"),
    path("your-life/<slug:kind>/<slug:outcome>/", public_views.part, name="part"),
    path("keep/", public_views.keep, name="keep"),
    path("code/", public_views.pick_up, name="pick_up"),
    path("forget/", public_views.forget, name="forget"),
    path("sent/<str:told>/", public_views.sent, name="sent"),
]

asking = [
    path("", views.waiting, name="waiting"),
    path("<uuid:asking_id>/", views.show, name="show"),
    path("<uuid:asking_id>/new-person/", views.add, name="add"),
    path("<uuid:asking_id>/for/<uuid:person_id>/", views.take_up, name="take_up"),
    path("<uuid:asking_id>/to/<uuid:case_id>/", views.add_to_case, name="add_to_case"),
    path("<uuid:asking_id>/answered/", views.answer, name="answer"),
]

urlpatterns = [path("ask/", include((ask, "ask"))), path("requests/", include((asking, "asking")))]
