"""The position of a boom as something else tells it: a POST, or a message of a broker."""


class Position:
    """What was told last. Nothing yet is not open."""

    def __init__(self) -> None:
        self.is_open = False
