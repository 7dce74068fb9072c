"""``python -m bot explain``: what one request of a sender would do, told without doing it.

Nothing is stored, sent or looked up.
"""
