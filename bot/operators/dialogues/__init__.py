"""Dialogues by buttons: what operators would type in one line, asked one question after the other."""
