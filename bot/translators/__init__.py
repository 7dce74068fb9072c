"""Machines that translate what operators write, into the languages they did not write in.

``masking`` keeps from them what must not be translated, ``accepting`` judges what comes back, ``worker`` asks within
each text's deadline; one file per provider. Nothing here decides what is published: intake takes a text in, or not.
"""
