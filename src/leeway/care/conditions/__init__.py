"""What a council asks of one person's direct payment beside the law: why, until when, and what they say of it."""
