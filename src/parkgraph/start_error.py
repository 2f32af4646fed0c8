"""Why a server, or a command, cannot start."""


class StartError(Exception):
    """The server cannot start; the message is a sentence for the operator."""
