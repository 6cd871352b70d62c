"""People, those around them, and who has the case."""

from django.urls import include, path

from leeway.care.people import message_views, views

people = [
    path("people/", views.search, name="search"),
    path("people/add/", views.add, name="add"),
    path("people/<uuid:person_id>/request/", views.request_help, name="request"),
    path("people/<uuid:person_id>/reason/", views.reason, name="reason"),
    path("people/<uuid:person_id>/seen/", views.looks, name="looks"),
    path("cases/<uuid:case_id>/people/", views.relationships, name="relationships"),
    path("cases/<uuid:case_id>/people/leave/", views.leave_given, name="leave_given"),
    path("helping/<uuid:relationship_id>/", views.answer, name="answer"),
    path("cases/<uuid:case_id>/people/add/", views.add_relationship, name="add_relationship"),
    path("cases/<uuid:case_id>/people/<uuid:relationship_id>/end/", views.end_relationship, name="end_relationship"),
    path("cases/<uuid:case_id>/people/<uuid:relationship_id>/invite/", views.invite, name="invite"),
    path("cases/<uuid:case_id>/people/<uuid:relationship_id>/leave/", views.end_leave, name="end_leave"),
    path("cases/<uuid:case_id>/invite/", views.invite_person, name="invite_person"),
    path("cases/<uuid:case_id>/details/", views.details, name="details"),
    path("cases/<uuid:case_id>/capacity/", views.capacity, name="capacity"),
    path("cases/<uuid:case_id>/files/", views.files, name="files"),
    path("cases/<uuid:case_id>/files/add/", views.add_file, name="add_file"),
    path("cases/<uuid:case_id>/give/", views.give, name="give"),
    path("cases/<uuid:case_id>/close/", views.close, name="close"),
    path("cases/<uuid:case_id>/reopen/", views.reopen, name="reopen"),
    path("cases/<uuid:case_id>/messages/", message_views.messages, name="messages"),
    path("cases/<uuid:case_id>/messages/<uuid:message_id>/", message_views.message, name="message"),
    path("cases/<uuid:case_id>/messages/<uuid:message_id>/pdf/", message_views.pdf, name="message_pdf"),
    path("cases/<uuid:case_id>/messages/<uuid:message_id>/posted/", message_views.posted, name="message_posted"),
    path("cases/<uuid:case_id>/messages/<uuid:message_id>/returned/", message_views.returned, name="message_returned"),
    path("cases/<uuid:case_id>/messages/<uuid:message_id>/again/", message_views.again, name="message_again"),
    path("tasks/<uuid:task_id>/done/", views.finish_task, name="finish_task"),
]

urlpatterns = [path("", include((people, "people")))]
