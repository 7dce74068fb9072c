"""Ways to publish notices. A channel's words live here; its rate, retries and order live in the dispatcher."""
