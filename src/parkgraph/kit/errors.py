"""What a partner can mend."""


class KitError(Exception):
    """One sentence that says what is wrong and what would be right."""
