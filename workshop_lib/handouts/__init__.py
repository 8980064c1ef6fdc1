"""The handout: all executed notebooks as one site of plain files, to read without a network."""

from workshop_lib.handouts.sites import Findings, write_site

__all__ = ["Findings", "write_site"]
