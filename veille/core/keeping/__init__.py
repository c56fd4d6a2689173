"""The profile as a whole: backups, the way back, and the room that it takes."""
