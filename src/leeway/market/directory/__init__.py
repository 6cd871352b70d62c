"""The directory as everyone meets it: search, one service with its prices, and handing the whole of it on."""
