"""The style sheet of the page: light and dark, phone, desk and paper."""

from __future__ import annotations

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1a1c20; --soft: #5b5f67; --rule: #d8d7d1; --tint: #f4f3ee; --link: #1d4f91;
  --proved: #0b6b4f; --observed: #1d4f91; --undecided: #7a5200; --refuted: #a32b00;
  --serif: "Iowan Old Style", "Palatino Linotype", "URW Palladio L", P052, Palatino, Georgia, "Noto Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --ink: #e4e2dd; --soft: #a2a5ab; --rule: #363a40; --tint: #1d2024; --link: #8fb8ee;
    --proved: #6fd0ab; --observed: #8fb8ee; --undecided: #e5b95f; --refuted: #ff9a73;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 var(--serif); }
main { max-width: 68rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; overflow-wrap: break-word; }
h1 { font-size: clamp(1.9rem, 5.5vw, 2.75rem); line-height: 1.12; font-weight: 600; margin: 0 0 1.1rem;
  letter-spacing: -0.012em; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; font-weight: 600; margin: 0 0 0.6rem; }
p { margin: 0 0 0.9rem; max-width: 44rem; }
a { color: var(--link); text-decoration-thickness: 0.06em; text-underline-offset: 0.16em; }
code { font-family: var(--mono); font-size: 0.86em; }
sub, sup { font-size: 0.72em; line-height: 0; }
.lead { font-size: 1.2rem; line-height: 1.5; }
.source { color: var(--soft); font-style: italic; }
header { margin-bottom: 3rem; }
dl { margin: 0; max-width: 44rem; }
dd { margin: 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.9rem 1.5rem;
  max-width: none; margin: 1.8rem 0 2.4rem; padding: 1rem 0; border: solid var(--rule); border-width: 1px 0; }
.facts dt { font: 0.78rem/1.4 var(--sans); color: var(--soft); }
.meanings { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1rem; align-items: baseline;
  margin: 0 0 0.9rem; }
.badge { display: inline-block; font: 600 0.68rem/1.35 var(--sans); letter-spacing: 0.05em; padding: 0.12em 0.5em;
  border: 1.5px solid; border-radius: 0.2em; white-space: nowrap; vertical-align: 0.1em; }
.badge.proved { color: var(--proved); }
.badge.observed { color: var(--observed); border-style: dashed; }
.badge.undecided { color: var(--undecided); border-style: dotted; border-width: 2px; }
.badge.refuted { color: var(--refuted); border-style: double; border-width: 3px; }
table { width: 100%; border-collapse: collapse; font: 0.875rem/1.45 var(--sans); }
caption { text-align: left; color: var(--soft); padding-bottom: 0.8rem; }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: 0.65rem 1.1rem 0.65rem 0;
  overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); border-bottom: 1.5px solid var(--ink); white-space: nowrap; }
tbody tr { border-bottom: 1px solid var(--rule); }
tr.group th { font-weight: 600; padding-top: 1.5rem; }
tbody th[scope=row] { width: 33%; }
tbody td:nth-of-type(1) { width: 22%; }
tbody th .words { display: block; margin-top: 0.15rem; }
tbody th .source { font-size: 0.95em; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
section.row { margin-top: 3.2rem; padding-top: 1.4rem; border-top: 1px solid var(--rule); }
section.row h2 { scroll-margin-top: 1rem; }
section.row h2 code { font-size: 0.92em; margin-right: 0.4rem; }
.statement { font-size: 1.12rem; }
.statement .source { font-size: 0.95rem; }
.details { margin-bottom: 1.8rem; max-width: 50rem; }
.parts { margin: 0 0 1.2rem; padding: 0; list-style: none; }
.parts li { padding: 0.6rem 0; border-top: 1px solid var(--rule); break-inside: avoid; }
.parts p { max-width: none; }
.certificates li { overflow-wrap: anywhere; }
.claim { margin: 0; }
.claim .badge { margin-right: 0.35rem; }
.computed { margin: 0.15rem 0 0; color: var(--soft); font: 0.875rem/1.5 var(--sans); overflow-wrap: anywhere; }
figure { margin: 0 0 1.8rem; max-width: 33rem; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: 0.6rem; font-size: 0.95rem; line-height: 1.5; }
.command { font: 0.875rem/1.6 var(--sans); color: var(--soft); background: var(--tint); padding: 0.6rem 0.85rem;
  max-width: none; overflow-wrap: anywhere; }
.command code { color: var(--ink); font-size: 0.95em; user-select: all; }
@media screen and (min-width: 64rem) {
  section.row:has(.figures) { display: grid; grid-template-columns: minmax(0, 1fr) 29rem; column-gap: 3rem; }
  section.row:has(.figures) > :not(.details, .figures) { grid-column: 1 / -1; }
}
@media (max-width: 48rem) {
  body { font-size: 1rem; }
  main { padding: 2rem 1rem 3.5rem; }
  .lead { font-size: 1.1rem; }
  .meanings { grid-template-columns: 1fr; gap: 0.1rem; }
  .meanings dd { margin-bottom: 0.5rem; }
  table, caption, tbody, tr, th, td { display: block; }
  thead { display: none; }
  tbody th[scope=row], tbody td:nth-of-type(n) { width: auto; }
  tbody tr { padding: 0.7rem 0 0.9rem; }
  tbody th, tbody td, .number { padding: 0.15rem 0; text-align: left; }
  tr.group { padding: 1.2rem 0 0.5rem; }
  td::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --soft: #444; --rule: #bbb; --tint: #fff; --link: #000;
    --proved: #000; --observed: #000; --undecided: #000; --refuted: #000;
  }
  @page { margin: 17mm 16mm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 22pt; }
  h2 { break-after: avoid; }
  table { font-size: 8pt; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  section.row { margin-top: 8mm; padding-top: 4mm; }
  figure { max-width: 125mm; margin: 5mm 0; }
  .command { border: 1px solid var(--rule); }
  a { text-decoration: none; }
}
"""
