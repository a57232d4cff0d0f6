"""The script of the page of a phase diagram: what is known of the cell that is pointed at, tapped or walked to."""

from __future__ import annotations

SCRIPT = """\
(async () => {
  const data = JSON.parse(document.getElementById("phase-data").textContent);
  const stage = document.querySelector(".stage"), readout = document.querySelector(".readout");
  const [where, list] = [readout.querySelector(".where"), readout.querySelector("dl")];
  const spoken = document.querySelector(".spoken");
  const [, rows, columns] = data.shape;
  const types = { i1: Int8Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

  const unpack = async ({ type, data }) => {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new types[type](await new Response(stream).arrayBuffer());
  };
  const variables = await Promise.all(data.variables.map(async v => ({ ...v, values: await unpack(v) })));
  const drawn = variables.find(v => v.name === data.quantity);
  const points = data.at ? await Promise.all(data.at.map(unpack)) : null;

  const marker = document.createElement("div");
  marker.className = "marker";
  marker.hidden = true;
  stage.append(marker);

  // Places on paper of a cell's middle; of a curve the height is the quantity itself.
  const place = ({ panel, row, column }) => {
    if (points) return [points[0][column], points[1][column]];
    if (data.kind === "cells") return [data.x.at[column], data.y.at[row]];
    const value = drawn.values[(panel * rows + row) * columns + column];
    return [data.x.at[column], data.log ? Math.log10(value) : value];
  };
  const span = (axis, index) => {
    for (const [first, edges] of axis.blocks)
      if (index >= first && index < first + edges.length - 1) return [edges[index - first], edges[index - first + 1]];
  };
  const find = (axis, at) => {
    for (const [first, edges] of axis.blocks) {
      if (at < edges[0] || at > edges.at(-1)) continue;
      let low = 0, high = edges.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (edges[middle] <= at) low = middle; else high = middle;
      }
      return first + low;
    }
    return -1;
  };
  const nearest = (panel, x, y, frame, size) => {
    const [wide, high] = [frame.box[2] * size.width, frame.box[3] * size.height];
    let best = null, least = Infinity;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [u, v] = place({ panel, row, column });
        const [a, b] = [(u - x) / (frame.x[1] - frame.x[0]), (v - y) / (frame.y[1] - frame.y[0])];
        const apart = Math.hypot(a * wide, b * high);
        if (apart < least) [best, least] = [{ panel, row, column }, apart];
      }
    return best;
  };
  const under = event => {
    const size = stage.getBoundingClientRect();
    const [right, down] = [(event.clientX - size.left) / size.width, (event.clientY - size.top) / size.height];
    for (const [panel, frame] of data.frames.entries()) {
      const [left, top, width, height] = frame.box;
      const [a, b] = [(right - left) / width, (down - top) / height];
      if (a < 0 || a > 1 || b < 0 || b > 1) continue;
      const x = frame.x[0] + a * (frame.x[1] - frame.x[0]), y = frame.y[1] + b * (frame.y[0] - frame.y[1]);
      if (data.kind !== "cells") return nearest(panel, x, y, frame, size);
      const [row, column] = [find(data.y, y), find(data.x, x)];
      return row < 0 || column < 0 ? null : { panel, row, column };
    }
    return null;
  };

  const written = (variable, value) => {
    if (variable.name === "outcome") return data.classes[value]?.name ?? "not computed";
    if (variable.name === "proved") return value === 1 ? "yes" : "no";
    if (variable.name === "departure" && value < 0) return value === -1 ? "never" : "no predicted orbit";
    if (variable.name === "period" && value === 0) return "–";
    if (Number.isNaN(value)) return "–";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    let text = Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(+value.toPrecision(6));
    if (value && Math.abs(value) < 1e-3) text = value.toExponential(5).replace(/\\.?0+e/, "e");
    if (variable.type === "f8" && value > 0.99 && value < 1) text = String(+value.toPrecision(10));
    return text.replace(/^-/, "−") + variable.units.replace(/^1(?=\\/)|^(?=.)/, unit => unit ? "" : " ");
  };
  let here = null, said = 0;
  const show = at => {
    here = at;
    const index = (at.panel * rows + at.row) * columns + at.column, names = [data.panels[at.panel]];
    if (points) names.push(`point ${at.column}`);
    else for (const [{ name, texts }, i] of [[data.x, at.column], [data.y, at.row]]) {
      if (name) names.push(`${name} = ${texts[i]}`);
    }
    where.textContent = names.filter(Boolean).join(", ");
    list.replaceChildren(...variables.map(variable => {
      const [line, name, text] = ["div", "dt", "dd"].map(tag => document.createElement(tag));
      const value = variable.values[points ? at.panel * columns + at.column : index];
      name.textContent = variable.label;
      text.textContent = written(variable, value);
      if (variable.name === "outcome" && data.classes[value]) {
        const swatch = document.createElement("span");
        swatch.className = "swatch";
        swatch.style.background = data.classes[value].color;
        text.prepend(swatch);
      }
      line.append(name, text);
      return line;
    }));
    const frame = data.frames[at.panel], [left, top, width, height] = frame.box, [u, v] = place(at);
    const across = x => left + width * (x - frame.x[0]) / (frame.x[1] - frame.x[0]);
    const down = y => top + height * (frame.y[1] - y) / (frame.y[1] - frame.y[0]);
    const [a, b] = data.kind === "cells" ? span(data.x, at.column) : [u, u];
    const [c, d] = data.kind === "cells" ? span(data.y, at.row) : [v, v];
    marker.hidden = !Number.isFinite(down(v));
    marker.style.left = 100 * across(a) + "%";
    marker.style.top = 100 * down(d) + "%";
    marker.style.width = 100 * (across(b) - across(a)) + "%";
    marker.style.height = 100 * (down(c) - down(d)) + "%";
    clearTimeout(said);
    // Whoever listens hears where the pointer rests, and not all that it passes.
    said = setTimeout(() => {
      const lines = [...list.children].map(line => [...line.children].map(part => part.textContent).join(": "));
      spoken.textContent = [where.textContent, ...lines].join("; ");
    }, 300);
  };

  stage.addEventListener("pointermove", event => {
    const at = under(event);
    if (at && !(here && at.panel === here.panel && at.row === here.row && at.column === here.column)) show(at);
  });
  stage.addEventListener("pointerdown", event => {
    const at = under(event);
    if (at) show(at);
  });
  const clamp = (value, end) => Math.max(0, Math.min(end - 1, value));
  const order = points ? [...points[0].keys()].sort((a, b) => points[0][a] - points[0][b]) : null;
  stage.addEventListener("keydown", event => {
    const by = event.shiftKey ? 10 : 1, moves = {
      ArrowRight: [0, 0, by], ArrowLeft: [0, 0, -by], ArrowUp: [0, by, 0], ArrowDown: [0, -by, 0],
      Home: [0, 0, -columns], End: [0, 0, columns], PageDown: [1, 0, 0], PageUp: [-1, 0, 0],
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!here) return show({ panel: 0, row: 0, column: order ? order[0] : 0 });
    const panel = clamp(here.panel + move[0], data.panels.length), row = clamp(here.row + move[1], rows);
    // Points are walked through from left to right.
    const column = order
      ? order[clamp(order.indexOf(here.column) + (move[1] ? Math.sign(move[1]) * by : move[2]), columns)]
      : clamp(here.column + move[2], columns);
    show({ panel, row, column });
  });
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  readout.hidden = false;
  stage.dataset.ready = "";
})();
"""
