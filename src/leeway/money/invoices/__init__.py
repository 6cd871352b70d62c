"""What providers did and what they bill, matched to agreed lines and dated prices: only what was delivered is owed."""
