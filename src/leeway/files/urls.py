"""The address of a file."""

from django.urls import path

from leeway.files import views

app_name = "files"
urlpatterns = [path("files/<uuid:file_id>/", views.show, name="show")]
