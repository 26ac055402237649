"""Understanding a message: normalising, names, clauses, intents; and the Rasa components made of them."""
