"use strict";
// GraphiQL over the gateway: the login is a cookie that no script can read, the token shows that this page asks.
{
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
  const box = document.getElementById("playground");
  const fetcher = async ({ query, variables, operationName }) => {
    const response = await fetch(box.dataset.to, {
      method: "POST",
      headers: { "content-type": "application/json", "x-form-token": box.dataset.token },
      body: JSON.stringify({ query, variables, operationName }),
    });
    return response.json();
  };
  box.replaceChildren();
  ReactDOM.createRoot(box).render(
    React.createElement(GraphiQL, { fetcher, defaultQuery: QUERY, isHeadersEditorEnabled: false, shouldPersistHeaders: false, forcedTheme: isDark() ? "dark" : "light" }),
  );
}
