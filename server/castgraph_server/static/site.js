"use strict";
// Comfort only: everything works without it. Ctrl-Enter (or Cmd-Enter) in the query runs it.
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
