from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.statements"
    label = "statements"

    def ready(self) -> None:
        """Say who may read the files of an account, whom lines are of, what they explain, and where mappings are."""
        from leeway.access.looks import let_hold_people
        from leeway.files.access import register
        from leeway.money.banking.readers.mapping import let_ask_for_own
        from leeway.money.payments.settling import let_tell_explained
        from leeway.money.statements.columns import own_mapping
        from leeway.money.statements.explaining import runs_explained
        from leeway.money.statements.queries import FILES_OF_ACCOUNT, accounts_with, may_read_files

        register(FILES_OF_ACCOUNT, may_read=may_read_files)
        let_hold_people(accounts_with)
        let_ask_for_own(own_mapping)
        let_tell_explained(runs_explained)
