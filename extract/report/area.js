"use strict";
// A click on a header sorts by its column, a second click the other way round.
const words = new Intl.Collator("vi", { numeric: true });
const value = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
};
const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
  : typeof a !== typeof b ? (typeof a === "number" ? 1 : -1) : words.compare(a, b);
for (const head of document.querySelectorAll("table.sorted th")) {
  head.firstChild.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, head.cellIndex), row]);
    rows.sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
    body.append(...rows.map(([, row]) => row));
  });
}
// One table at a time, and of it the rows that hold what is looked for; accents do not matter.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
const tabs = [...document.querySelectorAll("[role=tab]")];
const sought = document.getElementById("words"), state = document.getElementById("state");
const names = new Map();
const holds = (row, text) => {
  if (!names.has(row)) names.set(row, plain([...row.cells].map((cell) => cell.textContent).join(" ")));
  return names.get(row).includes(text);
};
const show = () => {
  const text = plain(sought.value);
  const open = tabs.find((tab) => tab.getAttribute("aria-selected") === "true").dataset.table;
  let left = 0;
  for (const part of document.querySelectorAll(".part")) {
    part.hidden = part.id !== `bang-${open}`;
    if (part.hidden) continue;
    for (const row of part.querySelector("tbody").rows) {
      row.hidden = (text !== "" && !holds(row, text))
        || (state.value !== "" && row.dataset.state !== "" && row.dataset.state !== state.value);
      left += !row.hidden;
    }
  }
  document.getElementById("left").textContent = `${left} dòng`;
};
for (const tab of tabs) tab.addEventListener("click", () => {
  for (const other of tabs) other.setAttribute("aria-selected", String(other === tab));
  show();
});
sought.addEventListener("input", show);
state.addEventListener("input", show);
show();
