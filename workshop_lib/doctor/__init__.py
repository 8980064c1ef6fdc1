"""`workshop doctor`: is everything ready for the day, and if not, what to do next."""

from workshop_lib.doctor.accounts import examine_account
from workshop_lib.doctor.machines import examine_machine
from workshop_lib.doctor.symptoms import Finding, State

__all__ = ["Finding", "State", "examine_account", "examine_machine"]
