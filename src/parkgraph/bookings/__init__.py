"""Bookings at networks: kept here, made there, and never made twice."""
