"""Looking back with the person: is it working, and what happens next."""
