"""What people see of insight: an anonymous survey for anyone with its address, and its results for those who may."""
