from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.care.asking"
    label = "asking"

    def ready(self):
        from leeway.access.looks import let_hold_people
        from leeway.care.asking.queries import askings_about

        let_hold_people(askings_about)
