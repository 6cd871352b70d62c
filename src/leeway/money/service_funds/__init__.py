"""Individual service funds: what the provider says it spent of the money that it holds for somebody, and what is left.

A statement is checked against the payments that reached the provider, and joins the one before it.
"""
