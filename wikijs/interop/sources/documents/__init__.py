"""Documents: folders of HTML, and of Word."""
