"""Which exceptions an operator can mend."""


def is_mendable(problem: BaseException) -> bool:
    """Whether its message is a sentence for the operator.

    The classes are looked up only when something went wrong: together they know half the house.
    """
    from parkgraph.db.errors import BackupError, EmbeddedError, SchemaTooNewError
    from parkgraph.graph.matching.labels import BadLabels
    from parkgraph.kit.errors import KitError
    from parkgraph.sdk.faults import NetworkFault
    from parkgraph.settings import SettingsError
    from parkgraph.start_error import StartError

    known = (
        SettingsError,
        StartError,
        EmbeddedError,
        SchemaTooNewError,
        BackupError,
        NetworkFault,
        KitError,
        BadLabels,
    )
    return isinstance(problem, known)
