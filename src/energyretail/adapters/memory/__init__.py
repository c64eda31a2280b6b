"""The memory twins: every promise of the stores and partners kept in dictionaries."""
