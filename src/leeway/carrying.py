"""What a page carries of a file that is kept nowhere: signed for one user, and for an afternoon."""

from typing import Any

from django.core import signing

from leeway.refusal import Refusal

CARRIED_MOST = 2_000_000
#: How long, in seconds, a page that carries something can be sent: an afternoon.
LASTS = 4 * 60 * 60


def carried(said: dict[str, Any], *, salt: str, field: str) -> str:
    """What a page carries of a file, signed. Refuses more than a form can send back."""
    signed = signing.dumps(said, salt=salt, compress=True)
    if len(signed) > CARRIED_MOST:
        raise Refusal("There are too many words in this file to show it on one page. Give fewer rows.", field=field)
    return signed
