"""What one yearly series of councils goes with another: panel estimates, every defensible way at once."""
