"""The Telegram channel: posts in chats and channels, kept up to date. Not the operators' commands, not pacing.

``request`` moves bytes, ``entities``, ``writer``, ``markdown`` and ``compose`` make the words, ``failures`` says what
an error means, ``settle`` finds out about uncertain posts, ``channel`` ties them together, ``check`` looks before the
start. Only ``request``, ``failures``, ``settle``, ``channel`` and ``check`` know the library.
"""

import os

# Else python-telegram-bot warns while it builds a RetryAfter; where warnings are errors, the pause to keep is lost.
os.environ.setdefault("PTB_TIMEDELTA", "1")
