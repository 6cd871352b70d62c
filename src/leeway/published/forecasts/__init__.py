"""Targets with a date and an owner, the pace they need, and the chance of getting there, tested on the past."""
