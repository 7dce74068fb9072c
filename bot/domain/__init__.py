"""The pure core: what a signal means, who is told, when to try again. No I/O, no clock, no chance."""
