from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.invoices"
    label = "invoices"
