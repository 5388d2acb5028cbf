"use strict";

// The page knows no token: the server that it came from adds it.
const QUERY = `# Ctrl+Space completes, Ctrl+Enter runs.
{
  pages {
    list(orderBy: UPDATED, orderByDirection: DESC, limit: 10) {
      id
      path
      title
    }
  }
}
`;

const fetcher = async ({ query, variables, operationName }) => {
  const response = await fetch("graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return response.json();
};

ReactDOM.createRoot(document.getElementById("playground")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: QUERY, isHeadersEditorEnabled: false, shouldPersistHeaders: false }),
);
