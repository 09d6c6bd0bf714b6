"""What every stage shares: faults, units, encodings, geodesy, writing, progress."""
