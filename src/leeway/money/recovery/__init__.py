"""Money of a direct payment asked back: understood first, weighed against itself, agreed by a second person, paused."""
