from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.site"
    label = "site"

    def ready(self) -> None:
        """Tell care what follows from an event, and the outbox who is asked when a message is stuck."""
        from leeway.care.people.events import let_follow
        from leeway.messages.actions import when_somebody_is_needed
        from leeway.site import roles  # noqa: F401  its check is registered
        from leeway.site.events import follow
        from leeway.site.telling import ask_somebody

        let_follow(follow)
        when_somebody_is_needed(ask_somebody)
