"""Measures the bot, end to end, on questions that its training data does not know."""
