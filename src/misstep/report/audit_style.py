"""What the page of an audit needs beside the style sheet that it shares."""

from __future__ import annotations

from misstep.report.style import STYLE

AUDIT_STYLE = (
    STYLE
    + """\
:root { --drift: #a32b00; --cycle: #7a5200; --wrong-limit: #7b2d86; }
@media (prefers-color-scheme: dark) { :root { --drift: #ff9a73; --cycle: #e5b95f; --wrong-limit: #dfa3ea; } }
main { max-width: 78rem; }
.totals { margin: 0 0 2rem; padding: 0; list-style: none; max-width: 50rem; }
.totals li { padding: 0.3rem 0; border-bottom: 1px solid var(--rule); }
.words dt { font-weight: 600; }
.meanings.words { max-width: 58rem; grid-template-columns: 13rem 1fr; font-size: 0.98rem; line-height: 1.45; }
.filter { display: flex; flex-wrap: wrap; gap: 0.6rem 1.2rem; align-items: end; margin: 0 0 1.4rem;
  font: 0.875rem/1.4 var(--sans); }
.filter[hidden], tr[hidden] { display: none; }
.filter label { color: var(--soft); }
.filter input, .filter select, .filter button { display: block; font: inherit; color: var(--ink);
  background: var(--paper); border: 1px solid var(--soft); border-radius: 0.25rem; padding: 0.4rem 0.6rem;
  min-height: 2.4rem; }
.filter input { width: 17rem; max-width: 100%; }
.filter [role=status] { margin: 0; padding: 0.5rem 0; color: var(--soft); font-variant-numeric: tabular-nums; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.audit tbody th[scope=row] { width: auto; min-width: 13rem; }
.audit tbody td:nth-of-type(1) { width: auto; }
.audit td { white-space: nowrap; }
.audit tbody tr:hover { background: var(--tint); }
.audit thead th { vertical-align: bottom; white-space: normal; overflow-wrap: normal; }
section[aria-labelledby=table-heading] { margin-top: 2.8rem; }
.audit thead button { font: inherit; color: inherit; background: none; border: 0; margin: 0; padding: 0.2rem 0;
  text-align: inherit; cursor: pointer; }
.audit thead button:hover, .audit [aria-sort] button { color: var(--ink); }
.audit thead button::after { content: "\\2195"; content: "\\2195" / ""; padding-left: 0.3em; opacity: 0.45; }
.audit [aria-sort] button::after { opacity: 1; }
.audit [aria-sort=ascending] button::after { content: "\\2191"; content: "\\2191" / ""; }
.audit [aria-sort=descending] button::after { content: "\\2193"; content: "\\2193" / ""; }
.scroll { overflow-x: auto; }
.least { font-variant-numeric: tabular-nums; font-weight: 600; }
.kind.drift { color: var(--drift); }
.kind.cycle { color: var(--cycle); }
.kind.wrong-limit { color: var(--wrong-limit); }
.absent, .files, .reason { color: var(--soft); }
.files { display: block; font-size: 0.92em; }
.files a + a { margin-left: 0.7em; }
.audit th .reason, .audit th .note { display: block; margin-top: 0.2rem; color: var(--soft); overflow-wrap: anywhere; }
@media (max-width: 62rem) {
  .audit th, .audit td { padding-right: 0.7rem; }
}
@media (max-width: 48rem) {
  .meanings.words { grid-template-columns: 1fr; }
  .filter input { width: 100%; }
  .filter label:first-child { flex-basis: 100%; }
  .audit.sortable thead { display: block; margin-bottom: 0.6rem; }
  .audit.sortable thead tr { display: flex; flex-wrap: wrap; gap: 0.4rem; border: 0; }
  .audit.sortable thead th { padding: 0; border: 0; }
  .audit.sortable thead button { border: 1px solid var(--rule); border-radius: 0.25rem; padding: 0.4rem 0.6rem; }
  .audit.sortable [aria-sort] button { border-color: var(--ink); }
  .audit tbody th[scope=row] { font-size: 1rem; min-width: 0; }
  .audit td { white-space: normal; }
  .files { display: inline; margin-left: 0.6em; }
  .audit td.number { display: inline-block; margin-right: 1.2rem; }
  .audit td.blank { display: none; }
  .audit th .reason, .audit th .note { font-size: 0.875rem; }
}
@media print {
  .filter, .audit thead button::after { display: none; }
  .audit td { white-space: normal; }
}
"""
)
