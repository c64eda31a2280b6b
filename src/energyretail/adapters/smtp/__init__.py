"""Mail out, over SMTP."""

from energyretail.adapters.smtp.relay import MailRelay, message_id_of

__all__ = ["MailRelay", "message_id_of"]
