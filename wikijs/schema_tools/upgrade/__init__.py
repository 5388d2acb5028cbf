"""Take this repository to the schema of another Wiki.js."""
