"""Pages as the server keeps and shows them."""
