"""What people are billed, how they pay, and what is done where they cannot: kindly, in time, once."""
