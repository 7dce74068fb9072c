"""Carrying deliveries out: claim, pace, send, settle; safe on several nodes. The only caller of ``Channel.send``."""
