"""Decision letters and the support plan, as pages and as accessible PDF, from stored decisions."""
