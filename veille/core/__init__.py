"""What a face may ask for: one small class for each concern. No Qt, no SQL, no sockets."""
