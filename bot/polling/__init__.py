"""Looking at somebody else's status pages, again and again. How they are read is ``sources.upstream``'s work."""
