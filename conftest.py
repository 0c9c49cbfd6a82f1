"""For all tests, those of the plugins too."""

from hypothesis import settings

settings.register_profile("profilex", deadline=None)  # tests run in parallel: how long one takes says little
settings.load_profile("profilex")
