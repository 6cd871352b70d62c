"""What the council agreed to pay: dated rates, kept for good."""
