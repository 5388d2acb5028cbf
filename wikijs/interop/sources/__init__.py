"""Other programs: what each keeps, as a `model.Site`."""
