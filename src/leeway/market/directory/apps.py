from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.market.directory"
    label = "directory"
