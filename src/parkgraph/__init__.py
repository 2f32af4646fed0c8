"""One GraphQL graph over every parking network and every private yard."""
