"""Identifiers with a shape and check digits: supply points, parties, accounts, creditors."""

from energyretail.domain.shared.identifiers.australia import Nmi
from energyretail.domain.shared.identifiers.banking import CreditorIdentifier, Iban
from energyretail.domain.shared.identifiers.britain import Mpan, Mprn
from energyretail.domain.shared.identifiers.european import Eic, Gsrn
from energyretail.domain.shared.identifiers.france import Pce, Prm
from energyretail.domain.shared.identifiers.germany import Malo, Melo
from energyretail.domain.shared.identifiers.iban_structures import IBAN_STRUCTURES
from energyretail.domain.shared.identifiers.italy import Pdr, Pod
from energyretail.domain.shared.identifiers.schemes import (
    SCHEMES,
    Identification,
    IdentifierScheme,
    check_identifier,
    identify,
)
from energyretail.domain.shared.identifiers.spain import Cups
from energyretail.domain.shared.identifiers.values import CheckPolicy, CheckWarning, Identifier

__all__ = [
    "IBAN_STRUCTURES",
    "SCHEMES",
    "CheckPolicy",
    "CheckWarning",
    "CreditorIdentifier",
    "Cups",
    "Eic",
    "Gsrn",
    "Iban",
    "Identification",
    "Identifier",
    "IdentifierScheme",
    "Malo",
    "Melo",
    "Mpan",
    "Mprn",
    "Nmi",
    "Pce",
    "Pdr",
    "Pod",
    "Prm",
    "check_identifier",
    "identify",
]
