"use strict";
// What the pages can do besides: they work without it.
const said = document.getElementById("said");
const say = (text) => { said.textContent = ""; setTimeout(() => { said.textContent = text; }, 50); };
const kept = (name, value) => {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch { /* no storage */ }
  return null;
};

// Colours.
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    kept("theme", theme);
    document.dispatchEvent(new Event("theme"));
    say(`${theme} colours`);
  });
}

// Copying.
const copy = async (text) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("refused");
};
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.firstChild;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await copy(source.textContent);
      label.data = "Copied";
      say("Copied");
    } catch {
      getSelection().selectAllChildren(source);
      label.data = "Press Ctrl+C";
      say("Press Control C");
    }
    setTimeout(() => { label.data = "Copy"; }, 2000);
  });
}

// Code in several languages: one at a time, the same everywhere.
for (const box of document.querySelectorAll("[data-samples]")) {
  const panels = [...box.querySelectorAll(":scope > section")];
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Language");
  const tabs = panels.map((panel, place) => {
    const heading = panel.querySelector("h3");
    const tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = heading.textContent;
    tab.id = `tab-${place}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", (panel.id = `panel-${place}`));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    heading.remove();
    list.append(tab);
    return tab;
  });
  const show = (chosen, focus) => {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.tabIndex = place === chosen ? 0 : -1;
      panels[place].hidden = place !== chosen;
    });
    if (focus) tabs[chosen].focus();
    kept("language", tabs[chosen].textContent);
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(place, false));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show((place + step + tabs.length) % tabs.length, true);
      if (event.key === "Home") show(0, true);
      if (event.key === "End") show(tabs.length - 1, true);
    });
  });
  box.prepend(list);
  show(Math.max(tabs.findIndex((tab) => tab.textContent === kept("language")), 0), false);
}

// Searching as one types.
for (const field of document.querySelectorAll("[data-filter]")) {
  const items = [...document.querySelectorAll(`#${field.dataset.filter} [data-words]`)];
  const found = document.getElementById(field.getAttribute("aria-describedby"));
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      item.hidden = !words.every((word) => item.dataset.words.includes(word));
      count += item.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    found.textContent = `${count} found`;
  });
  field.form?.addEventListener("submit", (event) => { if ("plain" in field.form.dataset) event.preventDefault(); });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .CodeMirror, .swagger")) return;
  const field = document.querySelector("input[type=search]");
  if (field) { event.preventDefault(); field.focus(); }
});

// A kind of failure that an address leads to stands out; a refusal is read out first.
document.querySelector("[data-focus]")?.focus();

// A job under way.
for (const box of document.querySelectorAll("[data-stream]")) {
  const part = (name) => document.getElementById(`job-${name}`);
  const stream = new EventSource(box.dataset.stream);
  const show = (event) => {
    const job = JSON.parse(event.data);
    for (const name of ["done", "failed"]) part(name).textContent = job[name];
    const bar = part("progress");
    if (job.total !== null) {
      part("total").textContent = job.total;
      bar.max = job.total || 1;
      bar.value = job.done;
    }
    const state = part("state").firstElementChild;
    state.textContent = job.state;
    state.className = `state ${job.state}`;
    return job;
  };
  stream.addEventListener("progress", show);
  stream.addEventListener("end", (event) => {
    const job = show(event);
    stream.close();
    say(`The job is ${job.state}`);
    setTimeout(() => location.reload(), 400);
  });
}
