"""Checking the accounts of direct payments: seldom where nothing speaks for more, on one page, no verdict."""
