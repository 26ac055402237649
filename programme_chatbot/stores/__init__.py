"""Rasa's stores of conversations and locks, with what they lack when a machine or a network fails."""
