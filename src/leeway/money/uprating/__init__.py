"""April, or any day: everybody's charge worked out anew as one batch, looked at, approved by two, applied, undone."""
