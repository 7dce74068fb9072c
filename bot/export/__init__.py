"""The whole site as plain files, for a web server that works while this service does not.

It is made from what the service answers over HTTP, so that the files and the pages cannot differ.
"""
