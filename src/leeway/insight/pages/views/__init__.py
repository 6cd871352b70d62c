"""The pages of insight: answering a survey, and what its waves say."""
