"""The signature service over HTTP."""

from energyretail.adapters.esign.http import HttpSignatureService

__all__ = ["HttpSignatureService"]
