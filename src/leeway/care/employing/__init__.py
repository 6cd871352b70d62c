"""A person as an employer: whom they employ on what terms, what the law asks of them, and when it is due."""
