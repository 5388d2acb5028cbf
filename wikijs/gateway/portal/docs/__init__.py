"""What lies below `/docs`: the reference of the API, the kinds of failures, Swagger UI, and the site."""
