from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.insight.themes"
    label = "themes"
