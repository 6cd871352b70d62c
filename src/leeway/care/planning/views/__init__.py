"""The pages of planning: writing a plan, choosing how the budget is held, deciding."""
