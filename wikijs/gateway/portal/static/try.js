"use strict";
// Swagger UI over this gateway's own document; no validator, nothing kept.
(async () => {
  const box = document.getElementById("swagger");
  const root = new URL(box.dataset.root, location.href).href.replace(/\/$/, "");
  const answer = await fetch(box.dataset.document);
  const spec = await answer.json();
  spec.servers = [{ url: root }];
  box.replaceChildren();
  SwaggerUIBundle({
    domNode: box,
    spec,
    validatorUrl: null,
    persistAuthorization: false,
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    defaultModelsExpandDepth: -1,
    presets: [SwaggerUIBundle.presets.apis],
    onComplete: () => { box.dataset.ready = "yes"; },
  });
  const paint = () => document.documentElement.classList.toggle("dark-mode", isDark());
  document.addEventListener("theme", paint);
  paint();
})();
