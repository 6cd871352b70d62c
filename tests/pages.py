"""Filling in a page as a browser does it: what its form was made from goes along."""

import re
from urllib.parse import parse_qs, urlsplit


def version_on(response) -> str:
    """The version that a form on the page carries."""
    return re.search(r'name="version" value="(\d+)"', response.content.decode())[1]


def send(client, address, **answers):
    """Open a page, then send its form with these answers."""
    opened = client.get(address)
    assert opened.status_code == 200, opened.content.decode()[:2000]
    return client.post(address, {"version": version_on(opened), **answers})


def searched(client, address, **asked):
    """Search a page as its form does: what is looked for is posted, and stands in no address that follows."""
    found = client.post(address, {**asked, "find": "yes"}, follow=True)
    assert found.status_code == 200 and "words" not in parse_qs(urlsplit(found.redirect_chain[0][0]).query)
    return found
