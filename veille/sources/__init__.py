"""Where items come from: one module per kind of source."""
