"""Private yards: what their owners rent out, kept in the database and listed like any other network."""
