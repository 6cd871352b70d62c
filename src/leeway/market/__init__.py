"""What there is to choose from: the listings, what each costs on which day, and the directory that everyone reads."""
