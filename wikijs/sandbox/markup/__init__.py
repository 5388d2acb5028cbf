"""HTML, CSS and SVG the way the server reads and writes them."""
