"""How fast the service is on this machine: ``python -m benchmarks``. Asserts nothing; tests do not wait on clocks."""
