from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.site"
    label = "site"

    def ready(self) -> None:
        """Tell care what follows from an event."""
        from leeway.care.people.events import let_follow
        from leeway.site.events import follow

        let_follow(follow)
