"""Files to and from partners over SFTP."""

from energyretail.adapters.sftp.client import Arrival, SftpFolder, SftpSettings

__all__ = ["Arrival", "SftpFolder", "SftpSettings"]
