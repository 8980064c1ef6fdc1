"""Checks: how an exercise went, what the cloud shows, and what to do next.

Checks only look; they create, change and delete nothing. An answer comes from a learner, so it may
be anything at all: :func:`workshop_lib.checks.exercises.judge` lets none of it crash a check.
"""
