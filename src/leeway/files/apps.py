from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.files"
    label = "files"
