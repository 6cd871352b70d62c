from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.site"
    label = "site"
