"""The curator's desk: all sources in one window, their health, rules and packs."""
