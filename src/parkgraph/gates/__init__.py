"""Gates: plate reads come in, the barrier opens for those who have a right, and entries and exits become sessions."""
