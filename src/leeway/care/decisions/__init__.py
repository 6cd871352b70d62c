"""What was decided, on which facts and which law. Never edited: a later decision supersedes."""
