"""Where every pound goes: the wing of money.

Five parts, each knowing only those before it: ledger (what moved between which accounts), banking (what
banks accept: account checks, bank working days, payment files), payees (whose bank account, checked by two
officers), budgets (what was agreed and who funds it) and payments (what is due, who approved it, and the
files that pay it). Money is whole pence throughout.
"""
