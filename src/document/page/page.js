// What report.html adds for whoever has scripts: a list of sections, series that can be switched
// off, points that tell what they are, tables that sort. Without it everything stands there, too.
"use strict";
(function () {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const texts = document.body.dataset; // in the page's language

  // --- sections

  function listSections() {
    const navigation = document.createElement("nav");
    const list = document.createElement("ul");
    navigation.setAttribute("aria-label", texts.sections);
    for (const section of all("main > section[id]")) {
      const heading = section.querySelector("h2");
      if (!heading) continue;
      const link = document.createElement("a");
      link.href = "#" + section.id;
      link.textContent = heading.textContent;
      list.appendChild(document.createElement("li")).appendChild(link);
    }
    navigation.appendChild(list);
    document.getElementById("answer").appendChild(navigation);
  }

  // --- charts

  const isShown = (point) => !point.parentNode.classList.contains("off");

  function centreOf(point) {
    const box = (point.querySelector(".hit, .bar, .box") || point).getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  function nearest(points, measure, most) {
    let found = null;
    for (const point of points) {
      const distance = measure(centreOf(point));
      if (distance < most) {
        found = point;
        most = distance;
      }
    }
    return found;
  }

  // One point of each picture can be reached by the Tab key.
  function setReachable(plot, reachable) {
    for (const point of all(".point[tabindex='0']", plot)) point.setAttribute("tabindex", "-1");
    if (reachable) reachable.setAttribute("tabindex", "0");
  }

  function show(figure, point) {
    for (const shown of all(".point.shown", figure)) shown.classList.remove("shown");
    if (point) point.classList.add("shown");
    const words = point ? point.querySelector("title").textContent : texts.hint;
    const readout = figure.querySelector(".readout");
    readout.classList.toggle("told", Boolean(point));
    if (readout.textContent !== words) readout.textContent = words;
  }

  function step(plot, point, key) {
    const series = Array.from(point.parentNode.querySelectorAll(".point"));
    const index = series.indexOf(point);
    const here = centreOf(point);
    switch (key) {
      case "ArrowLeft": return series[index - 1];
      case "ArrowRight": return series[index + 1];
      case "Home": return series[0];
      case "End": return series[series.length - 1];
      default: break;
    }
    const side = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
    if (side === 0) return undefined;
    const others = all(".point", plot).filter((other) => isShown(other) && other.parentNode !== point.parentNode &&
      side * (centreOf(other).y - here.y) > 0);
    return nearest(others, (at) => 4 * Math.abs(at.x - here.x) + Math.abs(at.y - here.y), Infinity);
  }

  function liven(figure, plot) {
    const points = all(".point", plot);
    const under = (event) => event.target.closest(".point") ||
      nearest(points.filter(isShown), (at) => Math.hypot(at.x - event.clientX, at.y - event.clientY), 24);
    plot.addEventListener("pointermove", (event) => show(figure, under(event)));
    plot.addEventListener("click", (event) => show(figure, under(event)));
    plot.addEventListener("focusin", (event) => {
      const point = event.target.closest(".point");
      if (!point) return;
      setReachable(plot, point);
      show(figure, point);
    });
    plot.addEventListener("keydown", (event) => {
      const point = event.target.closest(".point");
      const next = point && step(plot, point, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }

  function toggle(figure, entry, button) {
    const pressed = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!pressed));
    for (const series of all(".series", figure)) {
      if (series.dataset.entry === entry) series.classList.toggle("off", pressed);
    }
    show(figure, null);
    for (const plot of all(".plot", figure)) setReachable(plot, all(".point", plot).find(isShown));
  }

  function addToggles(figure) {
    for (const item of all(".legend > li", figure)) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(...item.childNodes);
      button.addEventListener("click", () => toggle(figure, item.dataset.entry, button));
      item.appendChild(button);
    }
  }

  // --- tables

  const units = {
    "B": 1, "KiB": 1024, "MiB": 1048576, "GiB": 1073741824, "TiB": 1099511627776,
    "ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9
  };

  // "64 KiB", "1.87 GiB/s (1.28x)", "2.12x [1.44, 2.18]": the first number, in its unit. What has none comes last.
  function numberOf(text) {
    const parts = /^\s*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([A-Za-z]*)/.exec(text);
    return parts ? Number(parts[1]) * (units[parts[2]] || 1) : NaN;
  }

  function compare(left, right, numbers, direction) {
    if (!numbers) return direction * left.localeCompare(right, document.documentElement.lang, { numeric: true });
    const one = numberOf(left);
    const other = numberOf(right);
    if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) - Number.isNaN(other);
    return direction * (one - other);
  }

  function sort(table, header) {
    const descending = header.getAttribute("aria-sort") === "ascending";
    const column = Array.from(header.parentNode.children).indexOf(header);
    const numbers = header.classList.contains("number");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    rows.sort((left, right) => compare(left.cells[column].textContent, right.cells[column].textContent,
      numbers, descending ? -1 : 1));
    body.append(...rows);
    for (const other of header.parentNode.children) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }

  function addSorting(table) {
    for (const header of all("th[scope=col]", table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header));
      header.appendChild(button);
    }
  }

  // A box that does not scroll needs no stop of the Tab key.
  function setScrollStops() {
    for (const box of all(".scroll")) {
      if (box.clientWidth > 0) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
    }
  }

  listSections();
  for (const figure of all("figure")) {
    addToggles(figure);
    show(figure, null);
    for (const plot of all(".plot", figure)) liven(figure, plot);
  }
  for (const table of all("table")) addSorting(table);
  setScrollStops();
  window.addEventListener("resize", setScrollStops);
  document.addEventListener("toggle", setScrollStops, true);
  document.documentElement.dataset.ready = "yes";
})();
