"""How simulated partners behave: pure functions of the seed and natural keys."""
