"""What the database room raises for the operator."""


class SchemaTooNewError(Exception):
    """The database was migrated by a newer ParkGraph than this one."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run. The message is one sentence that says what to do about it."""
