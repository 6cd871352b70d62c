"""Whose bank account the money goes to: entered by one finance officer, checked, approved by another."""
