"""How much comes from one network, without keeping who it is."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def too_many(request: HttpRequest, what: str, most_a_minute: int) -> bool:
    """Whether one network has sent more of something within this minute than it may. This one is counted too.

    Counted under a keyed digest of the visitor's address, which is gone within two minutes.
    """
    visitor = f"{int(time.time() // 60)} {get_adapter().get_client_ip(request)}"
    counted = salted_hmac(f"leeway.visitors.{what}", visitor, algorithm="sha256").hexdigest()
    sent = cache.get(counted, 0) + 1
    cache.set(counted, sent, timeout=120)
    return sent > most_a_minute
