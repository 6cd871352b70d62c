"""Leeway runs personal budgets in adult social care. The rooms stand in a line: see docs/explanation/house.md."""
