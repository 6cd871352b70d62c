"""The directory's addresses."""

from django.urls import path

from leeway.market.directory import views

app_name = "directory"
urlpatterns = [
    path("", views.search, name="search"),
    path("prices/", views.prices, name="prices"),
    path("add/", views.add, name="add"),
    path("<uuid:service_id>/", views.service, name="service"),
    path("<uuid:service_id>/price/", views.price, name="price"),
    path("<uuid:service_id>/price/<int:rate_id>/end/", views.end_price, name="end_price"),
]
