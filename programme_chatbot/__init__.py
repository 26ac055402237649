"""An assistant that answers questions about a university programme from one knowledge file."""
