from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.messages"
    label = "outbox"
    verbose_name = "Messages"
