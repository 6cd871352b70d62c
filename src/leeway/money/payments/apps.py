from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.payments"
    label = "payments"

    def ready(self) -> None:
        """Tell who asks who looked at a person in which runs that person is, and who may read the bank's answers."""
        from leeway.access.looks import let_hold_people
        from leeway.files.access import register
        from leeway.money.payments.answers import FILES_OF_RUN, may_read_files
        from leeway.money.payments.queries import runs_with

        let_hold_people(runs_with)
        register(FILES_OF_RUN, may_read=may_read_files)
