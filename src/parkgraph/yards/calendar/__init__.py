"""The calendar of a yard: which space is free, held, booked, blocked or a permit's, and when."""
