"""What is owed for bookings of yards, by whom and to whom. No card number and no bank account comes near it.

`docs/decisions/0010` says why its ledger cannot be wrong.
"""
