"""The forms in which talks are handed over: each from the same items, and no clock in any."""
