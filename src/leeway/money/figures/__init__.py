"""The council's books in sums: budgets of a year, the outturn to expect, month-ends, and journals for its ledger."""
