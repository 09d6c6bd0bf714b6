"""What all tests share."""

from hypothesis import settings

# A busy machine makes single examples slow; nothing here is a measurement of time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
