"""Who may do a thing by their role alone. Who may do it to one case is asked in that case's room."""

from leeway.access.models import Role, User
from leeway.refusal import NotAllowed


def check_role(user: User, *roles: Role, to: str = "do this") -> None:
    """Refuse whoever has none of these roles, and name those who may. `to` says what: “change who signs in”."""
    if user.role not in roles:
        labels = [role.label.lower() for role in Role if role in roles]
        names = " or ".join(f"{'an' if label[0] in 'aeiou' else 'a'} {label}" for label in labels)
        raise NotAllowed(f"Only {names} can {to}.")
