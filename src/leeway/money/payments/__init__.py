"""Checked bank details, payment runs made by one officer and approved by another, bank files."""
