"""One reader for each format of statement. Each takes the bytes of a file and gives statements, or refuses."""
