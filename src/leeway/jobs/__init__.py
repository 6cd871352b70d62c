"""Work that takes longer than a page may, done by a worker in the background, and what is done every night."""
