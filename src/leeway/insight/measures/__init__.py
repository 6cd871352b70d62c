"""Measures: each one function from records, or from published tables, to a frame, with its definition beside it."""
