"""The pages; never touches a modem."""
