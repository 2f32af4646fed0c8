"""Plates: encrypted where they are stored, and found again by a keyed digest."""
