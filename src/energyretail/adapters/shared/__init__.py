"""What several adapters need and no business rule is in: untrusted XML, opaque identifiers."""
