"""Barriers: a relay that is told to close for a moment, and, where something tells it, the position of the boom."""
