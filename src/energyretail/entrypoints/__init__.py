"""The doors of the company: they translate, and every one calls the same use cases."""
