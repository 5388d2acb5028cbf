"""Confluence: a space exported as XML. `reading` finds its pages, `storage` makes HTML of what Confluence stores."""
