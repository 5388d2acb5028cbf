"""Commands around GraphQL: any operation, any document, the schema, own clients."""
