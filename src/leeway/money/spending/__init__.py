"""A direct payment in the person's hands: what each payment was for, its receipts, what is set aside, what is left."""
