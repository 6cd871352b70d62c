"""Accounts and transfers. Whole pence, never updated, never deleted."""
