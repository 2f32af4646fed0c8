"""Why nobody is let in as somebody."""


class CredentialRefused(Exception):
    """The token or key is not valid here. The message is for whoever sent it, and says nothing of ours."""


class AccountsUnavailable(Exception):
    """Whether it is valid cannot be told right now: the issuer's keys or the database are not to be had."""
