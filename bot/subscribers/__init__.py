"""Those who asked for notices in their private chat: what they read there, and the buttons with which they choose."""
