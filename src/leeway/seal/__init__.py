"""A seal over what is kept: salted digests of rows, linked in batches, whose heads are written outside the database.

Guards refuse a change; whoever can take a guard away can change a row. The seal does not stop them: it shows it.
Nothing is done when a row is written; a job seals every night what came since.
"""
