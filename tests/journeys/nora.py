"""What Nora asks for, can and cannot do, and has: she is brought from her request to her first payment."""

REQUEST = "I cannot get into the bath by myself, and I have stopped seeing my friends."
MATTERS = "Being clean and dressed by nine, and singing on Thursdays."
UNABLE = {
    "Personal hygiene": ("I can't lift my leg over the bath.", "Needs one person to help, every morning."),
    "Being dressed properly": ("Buttons beat me.", "Cannot do buttons, zips or shoes."),
    "Using services in the community": ("I stay in.", "Cannot get on a bus alone."),
}
MONEY = {
    "Income": [
        ("Personal Independence Payment: daily living", "110.40", "a week"),
        ("Employment and Support Allowance", "290.00", "a fortnight"),
    ],
    "Savings and property": [("Savings and bank accounts", "15,000", "")],
    "Housing costs": [("Rent that benefits do not pay", "10", "a week")],
    "Costs of disability": [("Extra washing", "12", "every four weeks")],
}
AIM = "Be washed and dressed by nine"
