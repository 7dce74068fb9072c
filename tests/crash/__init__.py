"""The real process, killed and stopped at exact points, against a fake Telegram in a process of its own."""
