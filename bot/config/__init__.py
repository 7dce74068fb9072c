"""What whoever runs the service has written: read from config.yaml, checked, and frozen as ``settings.Settings``."""
