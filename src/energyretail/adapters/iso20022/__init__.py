"""Bank formats of ISO 20022: payment files out, notifications in."""

from energyretail.adapters.iso20022.camt054 import read_notification
from energyretail.adapters.iso20022.camt054_writer import write_notification
from energyretail.adapters.iso20022.charset import sepa_text
from energyretail.adapters.iso20022.pain008 import write_direct_debits
from energyretail.adapters.iso20022.pain008_reader import (
    DebitInstruction,
    DebitInstructions,
    read_direct_debits,
)

__all__ = [
    "DebitInstruction",
    "DebitInstructions",
    "read_direct_debits",
    "read_notification",
    "sepa_text",
    "write_direct_debits",
    "write_notification",
]
