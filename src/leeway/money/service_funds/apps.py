from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.service_funds"
    label = "service_funds"
