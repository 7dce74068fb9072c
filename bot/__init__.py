"""The incident-notice bot: outage signals in, customer-facing notices out, in many languages."""

__version__ = "0.1.0"
