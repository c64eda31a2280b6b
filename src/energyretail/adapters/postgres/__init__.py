"""Rows and values, one transaction a use case, jobs: the company's one database."""
