from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.seal"
    label = "seal"
