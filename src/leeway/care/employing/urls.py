"""Addresses of an employer's record, below /cases/<case_id>/."""

from django.urls import path

from leeway.care.employing import views

app_name = "employing"
urlpatterns = [
    path("employing/", views.show, name="show"),
    path("employing/new/", views.take_on, name="take_on"),
    path("employing/workers/<uuid:job_id>/", views.job, name="job"),
    path("employing/workers/<uuid:job_id>/terms/", views.terms, name="terms"),
    path("employing/workers/<uuid:job_id>/end/", views.end, name="end"),
    path("employing/done/<slug:duty>/", views.done, name="done"),
    path("employing/workers/<uuid:job_id>/done/<slug:duty>/", views.done, name="done_of"),
    path("employing/done/<uuid:done_id>/take-back/", views.take_back, name="take_back"),
]
