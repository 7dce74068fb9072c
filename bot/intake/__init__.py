"""Signals and commands in. The only writer of incidents: what it decides and what it owes commit together."""
