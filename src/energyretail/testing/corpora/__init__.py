"""Hostile input by name: what a reader of files from outside must refuse or take as plain text."""

from energyretail.testing.corpora.csv import hostile_tables
from energyretail.testing.corpora.hostile import Hostile
from energyretail.testing.corpora.xml import hostile_documents

__all__ = ["Hostile", "hostile_documents", "hostile_tables"]
