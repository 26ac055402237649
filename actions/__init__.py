"""The custom actions of the bot: tracker in, reply out. Rasa's action server loads this package."""
