"""Providers and services: what there is to choose from, its quality and price. Searched in public."""
