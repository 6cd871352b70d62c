"""The directory's addresses."""

from django.urls import path

from leeway.market.listings import views

app_name = "listings"
urlpatterns = [
    path("", views.search, name="search"),
    path("add/", views.add, name="add"),
    path("<uuid:service_id>/", views.service, name="service"),
    path("<uuid:service_id>/price/", views.price, name="price"),
]
