"""What changes in the database, told to whoever watches: one connection listens for all of a process."""
