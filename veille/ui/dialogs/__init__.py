"""Windows of their own, each imported only when it is opened."""
