"""The directory's addresses."""

from django.urls import path

from leeway.directory import views

app_name = "directory"
urlpatterns = [
    path("", views.search, name="search"),
    path("add/", views.add, name="add"),
    path("<uuid:service_id>/", views.service, name="service"),
    path("<uuid:service_id>/price/", views.price, name="price"),
]
