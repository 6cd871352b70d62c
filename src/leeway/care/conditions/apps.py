from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.care.conditions"
    label = "conditions"
