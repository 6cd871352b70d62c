"""The support plan, the offer of ways to hold the budget and the person's choice, sign-off and agreement."""
