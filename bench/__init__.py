"""`make bench`: what a query costs, as ratios within one run."""
