"""Addresses of checks of accounts: the list below /money/checks/, the rest below a case."""

from django.urls import path

from leeway.money.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("money/checks/", views.home, name="home"),
    path("money/checks/who/", views.who, name="who"),
    path("cases/<uuid:case_id>/checks/", views.show, name="show"),
    path("cases/<uuid:case_id>/spending/calendar/", views.calendar, name="calendar"),
    path("cases/<uuid:case_id>/checks/how-often/", views.level, name="level"),
    path("cases/<uuid:case_id>/checks/questions/<uuid:flagged_id>/", views.reply, name="reply"),
    path("cases/<uuid:case_id>/checks/<uuid:check_id>/", views.check, name="check"),
]
