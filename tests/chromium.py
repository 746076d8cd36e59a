"""Where this machine's Chromium is, and how the tests start it."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
WORDS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def command() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
