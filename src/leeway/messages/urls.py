"""The mailbox of a made-up council."""

from django.urls import include, path

from leeway.messages import views

urlpatterns = [path("", include(([path("mailbox/", views.mailbox, name="mailbox")], "outbox")))]
