"""What there is to choose from: the listings, and what the council agreed to buy."""
