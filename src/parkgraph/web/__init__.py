"""The map client: its files, as `make web` built them, and what this server settles for it."""
