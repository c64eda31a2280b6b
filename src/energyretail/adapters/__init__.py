"""Where the company meets technology: each adapter keeps the promises of a port."""
