"""What Telegram tells us: fetched or received, kept, read, and handed to whoever it concerns."""
