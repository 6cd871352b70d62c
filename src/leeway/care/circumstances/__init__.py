"""Whether the person lives, and where they are for a time: hospital, a care home, prison. Undone if wrong."""
