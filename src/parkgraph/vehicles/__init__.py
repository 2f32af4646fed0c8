"""Vehicles that somebody keeps, so as not to type them again."""
