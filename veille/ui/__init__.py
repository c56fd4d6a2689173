"""The desktop face: the only room that knows Qt."""
