"""The report: what the measures say, as one answer on the command line and as one file for a director."""
