from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.jobs"
    label = "jobs"
