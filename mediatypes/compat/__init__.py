"""Stand-ins for other trackers' modules."""
