"""What is claimed of NHS bodies: by period, line by line, chased, queried and received."""
