from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.access"
    label = "access"
