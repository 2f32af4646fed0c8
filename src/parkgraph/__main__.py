"""`python -m parkgraph`."""

from parkgraph.cli import main

main()
