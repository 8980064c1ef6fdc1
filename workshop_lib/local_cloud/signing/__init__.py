"""Signature Version 4, verified: whoever calls must know a secret key of this cloud."""
