"""Every address of the site, room by room."""

from django.urls import include, path

from leeway.site import views

urlpatterns = [
    path("", views.start, name="start"),
    path("home/", views.home, name="home"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("your-information/", views.privacy, name="privacy"),
    path("rules/", views.law, name="law"),
    path("account/", include("allauth.urls")),
    path("directory/", include("leeway.directory.urls")),
]
