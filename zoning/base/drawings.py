"""What this program notes in the extended data of a drawing, and finds there again."""

from typing import Final

#: The application under whose name the notes stand.
XDATA_APP: Final = "ZONING"
#: The note of a closed line that bounds a hole. A note on an attribute holds a ``=``.
XDATA_HOLE: Final = "hole"
