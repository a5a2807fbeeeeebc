"use strict";
// Comfort only: everything works without it.

// Ctrl-Enter (or Cmd-Enter) in the query runs it.
const query = document.getElementById("query");
if (query) {
  document.getElementById("keys").textContent = "or Ctrl-Enter";
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      query.form.requestSubmit();
    }
  });
}

// What is typed into the search box is completed from the names in the graph, a moment after the last key.
const box = document.querySelector("input[list=suggestions]");
if (box) {
  let timer = 0;
  let asked = "";
  const suggest = async () => {
    const text = box.value.trim();
    if (text.length < 2 || text === asked) return;
    asked = text;
    const response = await fetch("/search?limit=8&q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } });
    if (!response.ok || box.value.trim() !== text) return;
    const found = (await response.json()).results;
    box.list.replaceChildren(...found.map((thing) => {
      const option = document.createElement("option");
      option.value = thing.label;
      const others = (thing.type === "title" ? thing.performers : thing.known_for).map((one) => one.label);
      option.label = [thing.label + (thing.year ? " (" + thing.year + ")" : ""), thing.class, ...others.slice(0, 1)].join(" · ");
      return option;
    }));
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest().catch(() => {}), 150);
  });
}
