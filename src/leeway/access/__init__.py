"""People who sign in, their roles, who may do what, and the record of who looked at whom."""
