"""GraphQL as the server speaks it: requests, the executable schema, variables, races, rate limits, errors."""
