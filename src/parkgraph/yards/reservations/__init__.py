"""Who may park in which space of a yard, and when: quotes, bookings, permits and what the owner blocks.

`docs/decisions/0009` says why nobody is oversold.
"""
