"""Loading the settings and the rooms, for commands that need them: the law's own commands run without."""


def start_django() -> None:
    """Load the settings and the rooms, and start the embedded database where no other is named."""
    import django

    django.setup()
