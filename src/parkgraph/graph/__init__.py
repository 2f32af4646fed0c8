"""The read side: listings matched and merged into places, and the search over them."""
