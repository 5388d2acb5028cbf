"""What is made for people at a terminal: tables and helps that fit its width."""
