"""How personal budgets are managed: eight themes answered beside the own figures of the council; a risk register."""
