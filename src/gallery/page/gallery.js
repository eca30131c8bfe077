// What a gallery adds for whoever has scripts: filters, a table that sorts, and lines that name
// their bundle. Without it all bundles stand there, too.
"use strict";
(function () {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const create = (name, within) => within.appendChild(document.createElement(name));

  // Each bundle once, with all that belongs to it.
  const table = document.querySelector("table");
  const runs = [];
  for (const row of table.tBodies[0].rows) {
    const texts = Array.from(row.cells, (cell) => cell.textContent);
    runs[Number(row.dataset.run)] = {
      row, link: row.cells[0].firstElementChild, name: texts[0], ratio: Number(row.dataset.ratio || NaN),
      outcome: row.dataset.outcome, shown: true, paths: [],
      facts: { CPU: texts[1], Kernel: row.dataset.series, Virtualisation: texts[3] },
      machine: `${texts[1]}, Linux ${texts[2]}, ${texts[3]}`
    };
  }
  for (const path of all(".runs .run")) runs[Number(path.dataset.run)].paths.push(path);

  // --- words

  const units = [["GiB", 1073741824], ["MiB", 1048576], ["KiB", 1024], ["B", 1]];

  function sizeText(bytes) {
    const [unit, worth] = units.find((pair) => bytes >= pair[1] && bytes % pair[1] === 0) || units[3];
    return `${bytes / worth} ${unit}`;
  }

  // --- charts

  const hint = "Point at or tap a line to read its bundle; by keyboard: Tab, then arrows.";
  const charts = [];

  // The points of a picture by their place from left to right, so that only one column is searched.
  function readPlot(plot) {
    const columns = new Map();
    for (const path of all(".run", plot)) {
      const values = path.dataset.points.split(",").map((point) => point.split(":").map(Number));
      const places = Array.from(path.getAttribute("d").matchAll(/([\d.-]+) ([\d.-]+)/g), (parts) => [Number(parts[1]), Number(parts[2])]);
      values.forEach(([size, value], index) => {
        if (!columns.has(size)) columns.set(size, { size, x: places[index][0], points: [] });
        columns.get(size).points.push({ run: runs[Number(path.dataset.run)], path, value, x: places[index][0], y: places[index][1] });
      });
    }
    const sorted = Array.from(columns.values()).sort((one, other) => one.x - other.x);
    for (const column of sorted) column.points.sort((one, other) => one.y - other.y);
    return sorted;
  }

  function nearest(list, measure) {
    let found = null;
    let least = Infinity;
    for (const item of list) {
      const distance = measure(item);
      if (distance < least) {
        least = distance;
        found = item;
      }
    }
    return found;
  }

  function tell(chart, plot, column, point) {
    const words = [document.createTextNode(point
      ? ` (${point.run.machine}): ${point.value}${plot.parentNode.dataset.unit} at ${sizeText(column.size)}` : hint)];
    if (point) {
      const name = point.run.link ? document.createElement("a") : document.createElement("span");
      if (point.run.link) name.href = point.run.link.getAttribute("href");
      name.textContent = point.run.name;
      words.unshift(name);
    }
    chart.readout.classList.toggle("told", Boolean(point));
    chart.readout.replaceChildren(...words);
  }

  const svg = (name, className, plot) => {
    const element = document.createElementNS(plot.namespaceURI, name);
    element.setAttribute("class", className);
    return plot.appendChild(element);
  };

  let picked = null;

  // Marks a bundle in all pictures and in the table, and forgets the one before.
  function pick(run) {
    if (picked === run) return;
    if (picked) picked.row.classList.remove("picked-row");
    for (const chart of charts) {
      for (const plot of chart.plots) {
        const path = run && run.paths.find((candidate) => plot.element.contains(candidate));
        plot.line.setAttribute("d", path ? path.getAttribute("d") : "");
        plot.mark.setAttribute("r", "0");
      }
    }
    if (run) run.row.classList.add("picked-row");
    picked = run;
  }

  function show(chart, plot, column, point) {
    pick(point ? point.run : null);
    plot.column = column;
    plot.point = point;
    if (point) {
      plot.mark.setAttribute("cx", point.x);
      plot.mark.setAttribute("cy", point.y);
      plot.mark.setAttribute("r", "3.5");
    }
    tell(chart, plot.element, column, point);
  }

  const isShown = (point) => point.run.shown;

  function under(plot, event) {
    const box = plot.element.getBoundingClientRect();
    const view = plot.element.viewBox.baseVal;
    const x = (event.clientX - box.left) * view.width / box.width;
    const y = (event.clientY - box.top) * view.height / box.height;
    const column = nearest(plot.columns, (candidate) => Math.abs(candidate.x - x));
    return [column, column && nearest(column.points.filter(isShown), (point) => Math.abs(point.y - y))];
  }

  // Left and right along a line, up and down between lines.
  function step(plot, key) {
    const index = plot.columns.indexOf(plot.column);
    const visible = plot.column.points.filter(isShown);
    const along = (column) => [column, column && column.points.find((point) => point.path === plot.point.path)];
    const inLine = plot.columns.filter((column) => along(column)[1]);
    switch (key) {
      case "ArrowLeft": return along(plot.columns[index - 1]);
      case "ArrowRight": return along(plot.columns[index + 1]);
      case "Home": return along(inLine[0]);
      case "End": return along(inLine[inLine.length - 1]);
      case "ArrowUp": return [plot.column, visible[visible.indexOf(plot.point) - 1]];
      case "ArrowDown": return [plot.column, visible[visible.indexOf(plot.point) + 1]];
      default: return [null, null];
    }
  }

  function begin(plot) {
    for (const column of plot.columns) {
      const point = column.points.find(isShown);
      if (point) return [column, point];
    }
    return [null, null];
  }

  function liven(chart, plot) {
    const element = plot.element;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "application");
    for (const kind of ["pointermove", "click"]) element.addEventListener(kind, (event) => show(chart, plot, ...under(plot, event)));
    element.addEventListener("focus", () => {
      if (!plot.point || !isShown(plot.point)) show(chart, plot, ...begin(plot));
      else show(chart, plot, plot.column, plot.point);
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && plot.point && plot.point.run.link) plot.point.run.link.click();
      if (!plot.point) return;
      const [column, point] = step(plot, event.key);
      if (!point) return;
      event.preventDefault();
      show(chart, plot, column, point);
    });
  }

  for (const figure of all("figure")) {
    const chart = { readout: figure.querySelector(".readout"), plots: [] };
    chart.readout.textContent = hint;
    for (const element of all(".plot", figure)) {
      const plot = { element, columns: readPlot(element), line: svg("path", "picked", element), mark: svg("circle", "picked-point", element) };
      chart.plots.push(plot);
      liven(chart, plot);
    }
    charts.push(chart);
  }

  // --- filters

  const order = new Intl.Collator("en", { numeric: true });
  const selects = [];

  function applyFilters(status) {
    let shown = 0;
    const outcomes = { faster: 0, slower: 0, open: 0 };
    let least = Infinity;
    let most = -Infinity;
    for (const run of runs) {
      run.shown = selects.every((select) => select.value === "" || run.facts[select.name] === select.value.slice(1));
      run.row.classList.toggle("off", !run.shown);
      for (const path of run.paths) path.classList.toggle("off", !run.shown);
      if (!run.shown) continue;
      shown++;
      if (Number.isNaN(run.ratio)) continue;
      outcomes[run.outcome]++;
      least = Math.min(least, run.ratio);
      most = Math.max(most, run.ratio);
    }
    const figures = least <= most ? ` At 64 KiB shared memory is ${least.toPrecision(3)}x to ${most.toPrecision(3)}x as fast as the pipe: faster in ${outcomes.faster}, ` +
      `slower in ${outcomes.slower}, not told apart in ${outcomes.open}.` : "";
    status.textContent = `${shown} of ${runs.length} bundles shown.${figures}`;
    if (picked && !picked.shown) pick(null);
  }

  function addFilters() {
    const box = document.createElement("div");
    box.className = "filters";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Filters");
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    for (const name of ["CPU", "Kernel", "Virtualisation"]) {
      const counts = new Map();
      for (const run of runs) counts.set(run.facts[name], (counts.get(run.facts[name]) || 0) + 1);
      const label = create("label", box);
      create("span", label).textContent = name;
      const select = create("select", label);
      select.name = name;
      // What a bundle says may be empty, too; so all others begin with a mark.
      create("option", select).textContent = `all (${runs.length})`;
      select.options[0].value = "";
      for (const value of Array.from(counts.keys()).sort(order.compare)) {
        const option = create("option", select);
        option.value = `=${value}`;
        option.textContent = `${value} (${counts.get(value)})`;
      }
      select.addEventListener("change", () => applyFilters(status));
      selects.push(select);
    }
    const button = create("button", box);
    button.type = "button";
    button.textContent = "Show all";
    button.addEventListener("click", () => {
      for (const select of selects) select.value = "";
      applyFilters(status);
    });
    box.appendChild(status);
    const section = document.getElementById("charts");
    section.insertBefore(box, section.querySelector("figure"));
    applyFilters(status);
  }

  // --- table

  // "2.12x [1.44, 2.18]", "12 of 25": the first number. What has none comes last.
  function keyOf(row, column, numbers) {
    const text = row.cells[column].textContent;
    return numbers ? parseFloat(text) : text;
  }

  function sort(header) {
    const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const column = Array.from(header.parentNode.children).indexOf(header);
    const numbers = header.classList.contains("number");
    const keyed = Array.from(table.tBodies[0].rows, (row) => ({ row, key: keyOf(row, column, numbers) }));
    keyed.sort((one, other) => {
      if (!numbers) return direction * order.compare(one.key, other.key);
      if (Number.isNaN(one.key) || Number.isNaN(other.key)) return Number.isNaN(one.key) - Number.isNaN(other.key);
      return direction * (one.key - other.key);
    });
    table.tBodies[0].append(...keyed.map((item) => item.row));
    for (const other of header.parentNode.children) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.appendChild(button);
  }

  function setScrollStops() {
    for (const box of all(".scroll")) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
  }

  addFilters();
  setScrollStops();
  window.addEventListener("resize", setScrollStops);
  document.documentElement.dataset.ready = "yes";
})();
