"""The script of the page of an audit: a table that sorts and filters. Without it the page reads all the same."""

from __future__ import annotations

SCRIPT = """\
(() => {
  const table = document.querySelector("table.audit"), body = table.tBodies[0];
  const rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  const form = document.querySelector("form.filter"), status = form.querySelector("[role=status]");
  const [text, failure] = [form.elements.text, form.elements.failure];

  const compare = (kind, down) => ([a], [b]) => {
    // What is not there comes last, whichever way the rest is sorted.
    if (a === "" || b === "") return (a === "") - (b === "");
    const order = kind === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
    return down ? -order : order;
  };
  const sort = index => {
    const head = heads[index], down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = rows.map(row => [row.cells[index].dataset.key ?? "", row]);
    body.append(...keyed.sort(compare(head.dataset.kind, down)).map(([, row]) => row));
  };
  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(index));
    head.append(button);
  });

  const filter = () => {
    const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const failures = row.dataset.failures.split(" "), all = row.dataset.words;
      const fits = words.every(word => all.includes(word)) && (!failure.value || failures.includes(failure.value));
      row.hidden = !fits;
      shown += fits;
    }
    status.textContent = `${shown} of ${rows.length} shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => {
    // The event comes before what it announces.
    text.value = failure.value = "";
    filter();
  });
  form.hidden = false;
  table.classList.add("sortable");
  filter();
})();
"""
