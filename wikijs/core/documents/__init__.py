"""GraphQL documents as text: marks in them, the query builder, validation, cutting for older servers."""
