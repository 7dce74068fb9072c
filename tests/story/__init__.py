"""The whole service against a strict fake Telegram, as its customers, operators and monitors meet it."""

import pytest

pytest.register_assert_rewrite("tests.story.command", "tests.story.shop")
