"""The needs assessment, eligibility, the indicative budget, and what the person can afford."""
