"""The verbs of the product, one module each: what ``zoning`` exports and the command line calls."""
