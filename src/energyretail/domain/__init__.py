"""The business of an energy retailer; imports attrs and the standard library, nothing else."""
