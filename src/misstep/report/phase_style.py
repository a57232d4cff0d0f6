"""What the page of a phase diagram needs beside the style sheet that pages share."""

from __future__ import annotations

from misstep.report.style import STYLE

PHASE_STYLE = (
    STYLE
    + """\
header { margin-bottom: 2rem; }
h1 { max-width: 54rem; }
.drawing { display: grid; grid-template-columns: minmax(0, 38rem) minmax(15rem, 1fr); gap: 1rem 2.5rem;
  align-items: start; }
.drawing figure { max-width: none; margin: 0; }
.stage { position: relative; cursor: crosshair; touch-action: manipulation; }
.stage svg { user-select: none; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; }
.marker { position: absolute; pointer-events: none; }
.marker[hidden] { display: none; }
.marker::after { content: ""; position: absolute; left: 50%; top: 50%; translate: -50% -50%;
  width: max(100%, 9px); height: max(100%, 9px); border: 1.5px solid #fff; outline: 1.5px solid #14161a; }
.readout { position: sticky; top: 1rem; padding: 0.9rem 1.1rem; background: var(--tint); font: 0.9rem/1.45 var(--sans);
  border-radius: 0.3rem; }
.readout[hidden] { display: none; }
.readout .where { margin: 0 0 0.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.readout .hint { margin: 0; color: var(--soft); font-size: 0.82rem; }
.readout dl { margin: 0 0 0.7rem; }
.readout dl:empty { display: none; }
.readout dl div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.16rem 0;
  border-top: 1px solid var(--rule); }
.readout dt { color: var(--soft); }
.readout dd { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.45em; border: 1px solid var(--soft);
  vertical-align: -0.06em; }
.spoken { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
main > section { margin-top: 3rem; }
.shares { max-width: 48rem; }
.shares th[scope=row] { width: auto; }
.shares tbody td:nth-of-type(1) { width: auto; }
.meanings dt { color: var(--soft); font: 0.9rem/1.5 var(--sans); }
.meanings dd { overflow-wrap: anywhere; }
details { margin: 0 0 1rem; max-width: 48rem; }
summary { cursor: pointer; font: 0.95rem/1.6 var(--sans); color: var(--link); }
pre { margin: 0.6rem 0 0; padding: 0.8rem 1rem; background: var(--tint); white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: 0.95rem; line-height: 1.4; }
@media (max-width: 56rem) {
  .drawing { grid-template-columns: minmax(0, 1fr); }
  .drawing figure { max-width: 38rem; }
  .readout { position: sticky; top: auto; bottom: 0.4rem; box-shadow: 0 0 0 1px var(--rule); padding: 0.5rem 0.8rem;
    max-height: 42vh; overflow-y: auto; font-size: 0.8rem; line-height: 1.3; }
  .readout .where { margin-bottom: 0.3rem; font-size: 0.9rem; }
  .readout dl { columns: 17rem; column-gap: 1.6rem; margin-bottom: 0.3rem; }
  .readout dl div { break-inside: avoid; padding: 0.1rem 0; }
  .readout dl:not(:empty) + .hint { display: none; }
}
@media print {
  .readout, .marker { display: none; }
  .drawing { display: block; }
  .drawing figure { max-width: 130mm; }
  details:not([open]) { display: none; }
}
"""
)
