from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.payments"
    label = "payments"

    def ready(self) -> None:
        """Tell who asks who looked at a person in which runs that person is."""
        from leeway.access.looks import let_hold_people
        from leeway.money.payments.queries import runs_with

        let_hold_people(runs_with)
