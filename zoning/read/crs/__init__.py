"""Which coordinate system numbers are in, and how they come to EPSG:4490."""
