"""The ways in which messages come in and replies go out."""
