"""Removing what an attendee has built, and proving that nothing is left.

Things are found by their exact names and by their tags, never by a prefix alone: whoever is called
``anna`` must not meet what ``anna-b`` owns. What is found is looked at before it is listed, because
AWS remembers tags longer than things; so a plan made after an interrupted clean-up holds just what
is left.
"""

from workshop_lib.cleanup.degrees import DEGREES, FULL, MINIMUM, Degree
from workshop_lib.cleanup.findings import plan_cleanup
from workshop_lib.cleanup.minimum import plan_minimum
from workshop_lib.cleanup.proofs import Proof, Tally, remove_with_proof
from workshop_lib.cleanup.removals import Removal, run_cleanup
from workshop_lib.cleanup.residents import Resident, find_residents

__all__ = [
    "DEGREES",
    "FULL",
    "MINIMUM",
    "Degree",
    "Proof",
    "Removal",
    "Resident",
    "Tally",
    "find_residents",
    "plan_cleanup",
    "plan_minimum",
    "remove_with_proof",
    "run_cleanup",
]
