from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.money.spending"
    label = "spending"

    def ready(self) -> None:
        """Say who may read the receipts of an account."""
        from leeway.files.access import register
        from leeway.money.spending.queries import RECEIPTS, may_read_receipts

        register(RECEIPTS, may_read=may_read_receipts)
