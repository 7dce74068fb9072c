"""For those who write and check the words: what there is in each language, and files that translators work in."""
