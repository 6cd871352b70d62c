"""Bank statements kept as facts, and matches that say what each line is: records that are made and undone."""
