"""The person's journey: people, decisions, assessment, planning, review, letters, in that order, one way."""
