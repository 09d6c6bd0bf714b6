"""The national boundary-point TXT (界址点坐标): scanned, placed, grouped to plots; and written."""
