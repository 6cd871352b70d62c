"""What the NHS and people owe towards budgets: falling due by itself, received when an officer confirms it."""
