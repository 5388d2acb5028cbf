"""Files of the wiki beside its pages: exporting and importing them."""
