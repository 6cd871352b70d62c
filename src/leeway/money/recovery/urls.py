"""Addresses of recoveries, below /money/recovery/."""

from django.urls import path

from leeway.money.recovery import views

app_name = "recovery"
urlpatterns = [
    path("", views.home, name="home"),
    path("of/<uuid:case_id>/", views.own, name="own"),
    path("of/<uuid:case_id>/ask/", views.ask, name="ask"),
    path("of/<uuid:case_id>/ask/<uuid:line_id>/", views.ask, name="ask_of"),
    path("of/<uuid:case_id>/items/<uuid:item_id>/", views.own_answer, name="own_answer"),
    path("of/<uuid:case_id>/<uuid:recovery_id>/reply/", views.own_reply, name="own_reply"),
    path("of/<uuid:case_id>/<uuid:recovery_id>/letter/", views.letter, name="letter"),
    path("of/<uuid:case_id>/<uuid:recovery_id>/letter.pdf", views.letter_pdf, name="letter_pdf"),
    path("of/<uuid:case_id>/<uuid:recovery_id>/challenge/", views.own_challenge, name="own_challenge"),
    path("<uuid:recovery_id>/", views.show, name="show"),
    path("<uuid:recovery_id>/items/<uuid:item_id>/drop/", views.drop, name="drop"),
    path("<uuid:recovery_id>/steps/<uuid:step_id>/undo/", views.undo, name="undo"),
    path("<uuid:recovery_id>/<slug:name>/", views.step, name="step"),
]
