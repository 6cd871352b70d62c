"""Signing in, under /account/, and the administrator's pages, under /staff/."""

from django.urls import include, path

from leeway.access import views

users = [
    path("", views.users, name="users"),
    path("add/", views.add, name="add"),
    path("<int:user_id>/", views.change, name="change"),
    path("<int:user_id>/sign-in/", views.sign_in, name="sign_in"),
]

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("staff/", include((users, "access"))),
]
