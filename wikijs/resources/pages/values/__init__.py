"""Pages and their changes as values: models, results, merging, scripts, whether an answer is the page asked for."""
