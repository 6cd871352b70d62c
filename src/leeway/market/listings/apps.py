from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.market.listings"
    label = "listings"
