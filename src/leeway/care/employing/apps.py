from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.care.employing"
    label = "employing"
