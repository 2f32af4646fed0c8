"""What a plate is, however it is typed. Pure."""

import unicodedata


def normalise(plate: str) -> str:
    """As it is compared: upper case, nothing but letters and digits. Empty where it has none."""
    return "".join(char for char in unicodedata.normalize("NFKC", plate).upper() if char.isalnum())
