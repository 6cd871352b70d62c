"""Addresses of claims on NHS bodies, below /claims/."""

from django.urls import path

from leeway.money.claims import views

app_name = "claims"
urlpatterns = [
    path("", views.home, name="home"),
    path("<int:number>/", views.show, name="show"),
    path("<int:number>/claim.pdf", views.pdf, name="pdf"),
    path("<int:number>/claim.csv", views.csv, name="csv"),
    path("<int:number>/send/", views.send, name="send"),
    path("<int:number>/chase/", views.chase, name="chase"),
    path("<int:number>/receive/", views.receive, name="receive"),
    path("<int:number>/lines/<uuid:claim_line_id>/", views.query, name="query"),
    path("<int:number>/lines/<uuid:claim_line_id>/part/", views.part, name="part"),
]
