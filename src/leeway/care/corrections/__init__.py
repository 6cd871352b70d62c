"""Corrections of what is on record about a person, asked for by them or whoever helps them."""
