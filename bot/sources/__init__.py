"""Senders whose requests we can check and read. One file each, pure: bytes in, signals out."""
