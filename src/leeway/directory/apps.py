from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.directory"
    label = "directory"
