"""What is printed and written for the user; nothing here decides anything."""
