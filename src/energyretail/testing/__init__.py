"""What tests of this package and of its users share: conformance suites, servers of one's own."""
