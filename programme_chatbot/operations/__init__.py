"""What those who run the bot need: deleting conversations, and a report on what was asked."""
