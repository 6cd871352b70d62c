"""One line of a plan in force by itself: it ends on a day, and the budget goes on with the others."""
