"""The curator's desk: the list of what is watched, what each source is worth and how it does, and finding more."""
