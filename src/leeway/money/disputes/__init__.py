"""Disputes over who pays: the person is paid meanwhile, a clock runs, and the end of it recharges by itself."""
