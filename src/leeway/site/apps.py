from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.site"
    label = "site"

    def ready(self) -> None:
        """Tell care what follows from an event and where money is open, and the outbox whom to ask when it is stuck."""
        from leeway.care.people.access import let_ask_for_open_money
        from leeway.care.people.events import let_follow
        from leeway.messages.actions import when_somebody_is_needed
        from leeway.money.budgets.queries import money_is_open
        from leeway.site import roles  # noqa: F401  its check is registered
        from leeway.site.events import follow
        from leeway.site.telling import ask_somebody

        let_follow(follow)
        let_ask_for_open_money(money_is_open)
        when_somebody_is_needed(ask_somebody)
