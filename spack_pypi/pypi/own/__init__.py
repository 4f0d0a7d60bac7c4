"""Projects that the user names by their place: archives, folders, repositories."""
