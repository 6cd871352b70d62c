"""From a signed-off plan to accounts and a schedule of what falls due."""
