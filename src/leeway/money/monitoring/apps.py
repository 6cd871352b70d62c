from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.monitoring"
    label = "monitoring"
