"""The one door to the network: nothing else in Veille opens a socket."""
