"""What is asked of the sources, and when: one pass, its schedule, and the rounds beside it."""
