"""What anybody asks of the council from outside: kept as they wrote it, answered by a worker, never by a form."""
