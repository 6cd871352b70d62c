"""Signing in, under /account/, and the administrator's pages, under /staff/."""

from django.urls import include, path

from leeway.access import views

users = [
    path("", views.users, name="users"),
    path("add/", views.add, name="add"),
    path("<int:user_id>/", views.change, name="change"),
    path("<int:user_id>/sign-in/", views.sign_in, name="sign_in"),
    path("<int:user_id>/second-step/", views.forget_second_step, name="forget_second_step"),
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/<int:proposal_id>/", views.proposal, name="proposal"),
    path("waiting/<int:proposal_id>/approve/", views.approve, name="approve"),
    path("waiting/<int:proposal_id>/turn-down/", views.turn_down, name="turn_down"),
    path("waiting/<int:proposal_id>/withdraw/", views.withdraw, name="withdraw"),
]

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("staff/", include((users, "access"))),
]
