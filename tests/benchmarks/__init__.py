"""How fast the local cloud is, beside what an attendee could use instead: ``make bench``."""
