"""`parkgraph`, and `python -m parkgraph`."""

import sys


def main() -> None:
    """The command line. An interrupt while it is still being loaded ends it quietly, too."""
    try:
        from parkgraph import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
