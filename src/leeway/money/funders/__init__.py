"""Who pays: the council, NHS bodies, grants, legacy and programme funds, and what each pays of every line."""
