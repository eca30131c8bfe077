// Looks at a test copy of a gallery from within and tries what a reader does; the shipped page has no
// such script. Writes one line per finding into <pre id="probe">: what is wrong stands in lines that
// begin with "WRONG". Judged by tests/gallery.bats.
"use strict";
window.addEventListener("load", () => {
  const table = document.querySelector("table");
  const rows = () => Array.from(table.tBodies[0].rows);

  function lookAtWidth() {
    tell("width", `${document.documentElement.scrollWidth} of ${window.innerWidth}`);
    if (document.documentElement.scrollWidth > window.innerWidth) wrong("the page is too wide");
  }

  function lookAtStructure() {
    const levels = all("h1, h2, h3").map((heading) => Number(heading.tagName[1]));
    if (levels[0] !== 1 || levels.some((level, index) => index > 0 && level > levels[index - 1] + 1)) wrong("headings skip a level");
    for (const header of all("th")) if (!header.scope) wrong("a header without scope", header);
    for (const row of rows()) if (row.cells.length !== table.tHead.rows[0].cells.length) wrong("a row of another length", row);
    for (const select of all("select")) if (!select.closest("label") || select.tabIndex !== 0) wrong("a filter without a name", select);
    for (const button of all("button")) {
      const box = button.getBoundingClientRect();
      if (button.textContent.trim() === "" || button.tabIndex !== 0 || box.height < 24 || box.width < 24) wrong("a button that nobody reaches", button);
    }
    tell("bundles", rows().length);
    tell("answer top", Math.round(document.querySelector(".answer > ol").getBoundingClientRect().top + window.scrollY));
    tell("requests", performance.getEntriesByType("resource").length);
  }

  function lookAtCharts() {
    for (const figure of all("figure")) {
      const paths = all(".runs .run", figure);
      tell(`chart ${figure.dataset.chart}`, `lines ${paths.length}, panels ${all(".plot", figure).length}`);
      if (paths.length === 0) wrong("an empty chart", figure);
      for (const plot of all(".plot", figure)) {
        const box = plot.getBoundingClientRect();
        for (const path of all(".run", plot)) {
          const at = path.getBoundingClientRect();
          if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1) wrong("a line outside of its picture", path);
          if (path.dataset.points.split(",").length !== path.getAttribute("d").match(/[ML]/g).length) wrong("a line of other points", path);
        }
      }
    }
  }

  // --- filters: what stays is exactly what was asked for, in table and charts
  function lookAtFiltered(select, value) {
    const column = { CPU: 1, Kernel: 2, Virtualisation: 3 }[select.name];
    const fits = (row) => {
      const text = row.cells[column].textContent;
      return select.name === "Kernel" ? text === value || text.startsWith(`${value}.`) : text === value;
    };
    let count = 0;
    for (const row of rows()) {
      if (shown(row) !== fits(row)) wrong(`${select.name} ${value} filters the table otherwise`, row);
      count += fits(row) ? 1 : 0;
      for (const path of all(`.runs [data-run="${row.dataset.run}"]`)) {
        if (shown(path) !== fits(row)) wrong(`${select.name} ${value} filters the charts otherwise`, row);
      }
    }
    const words = document.querySelector(".filters [role=status]").textContent;
    if (!words.startsWith(`${count} of ${rows().length} bundles`)) wrong(`the filter says "${words}"`);
    if (count === 0) wrong("a filter of nothing", select);
  }

  function tryFilters() {
    let tried = 0;
    const everything = document.querySelector(".filters button");
    for (const select of all(".filters select")) {
      const sum = Array.from(select.options).slice(1).reduce((total, option) => total + Number(/\((\d+)\)$/.exec(option.textContent)[1]), 0);
      if (sum !== rows().length) wrong("a filter's counts are not all bundles", select);
      for (const option of Array.from(select.options).slice(1, 4)) {
        select.value = option.value;
        select.dispatchEvent(new Event("change"));
        lookAtFiltered(select, option.value.slice(1));
        tried++;
      }
      everything.click();
      if (rows().some((row) => !shown(row)) || select.value !== "") wrong("not all are shown again", select);
    }
    tell("filtered", tried);
  }

  // --- lines that name their bundle
  function lookAtReadout(figure, what) {
    const readout = figure.querySelector(".readout");
    const link = readout.querySelector("a");
    const row = link && rows().find((candidate) => candidate.cells[0].textContent === link.textContent);
    if (!row || link.getAttribute("href") !== row.cells[0].firstElementChild.getAttribute("href")) return wrong(`${what} names no bundle`, readout);
    if (!/: [\d.e+-]+(x| of memcpy| bounces) at \d+ ([KMG]i)?B$/.test(readout.textContent)) wrong(`${what} tells no value`, readout);
    if (!row.classList.contains("picked-row") || !figure.querySelector(".picked").getAttribute("d") && !all(".picked", figure)[1].getAttribute("d")) wrong(`${what} marks nothing`, readout);
    return readout.textContent;
  }

  function tryPointing() {
    let tried = 0;
    for (const figure of all("figure")) {
      const plot = all(".plot", figure).find((candidate) => candidate.querySelector(".run"));
      const path = plot.querySelector(".run");
      const box = plot.getBoundingClientRect();
      const [x, y] = /M([\d.]+) ([\d.]+)/.exec(path.getAttribute("d")).slice(1).map(Number);
      const scale = box.width / plot.viewBox.baseVal.width;
      for (const kind of ["pointermove", "click"]) {
        plot.dispatchEvent(new PointerEvent(kind, { clientX: box.left + x * scale, clientY: box.top + y * scale, bubbles: true }));
        const words = lookAtReadout(figure, kind);
        // Where lines lie dense, the one that is told may be its neighbour.
        const [size, value] = path.dataset.points.split(",")[0].split(":");
        const told = words ? Number(/: ([\d.e+-]+)/.exec(words.slice(words.lastIndexOf("): ")))[1]) : NaN;
        if (words && !(Math.abs(told / value - 1) < 0.05)) wrong(`${kind} tells another value than ${value} at ${size}`, figure.querySelector(".readout"));
        tried++;
      }
    }
    tell("pointed", tried);
  }

  function tryKeys() {
    let moves = 0;
    for (const figure of all("figure")) {
      const plot = all(".plot", figure).find((candidate) => candidate.querySelector(".run"));
      if (plot.tabIndex !== 0) wrong("the Tab key does not reach a picture", plot);
      plot.focus();
      let before = lookAtReadout(figure, "focus");
      for (const key of ["End", "Home", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft"]) {
        plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        const after = lookAtReadout(figure, key);
        if (after === before && plot.querySelector(".run").dataset.points.includes(",")) wrong(`${key} leads nowhere`, figure.querySelector(".readout"));
        before = after;
        moves++;
      }
    }
    tell("moves", moves);
  }

  function trySorting() {
    let tried = 0;
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const cells = () => rows().map((row) => row.cells[column].textContent);
      const before = cells().sort().join("\n");
      for (const direction of ["ascending", "descending"]) {
        header.querySelector("button").click();
        if (header.getAttribute("aria-sort") !== direction || all("[aria-sort]", table).length !== 1) wrong(`the table does not say that it is ${direction}`, header);
        if (cells().sort().join("\n") !== before) wrong("sorting loses rows", header);
        const sign = direction === "ascending" ? 1 : -1;
        const known = cells().map(header.classList.contains("number") ? parseFloat : String);
        const numbers = known.filter((value) => !Number.isNaN(value));
        if (known.slice(0, numbers.length).some(Number.isNaN)) wrong("what is no number comes first", header);
        const order = (one, other) => typeof one === "number" ? one - other : one.localeCompare(other, "en", { numeric: true });
        if (numbers.some((value, index) => index > 0 && sign * order(value, numbers[index - 1]) < 0)) wrong(`not ${direction}`, header);
        tried++;
      }
    });
    tell("sorted", tried);
  }

  // --- contrast
  function lookAtContrast() {
    for (const element of all("body *").filter(shown)) {
      const hasText = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim() !== "");
      const style = getComputedStyle(element);
      if (hasText && !element.closest("script")) {
        const ratio = contrast(parse(element.closest("svg") ? style.fill : style.color), behind(element));
        if (ratio < 4.5) wrong(`text of contrast ${ratio.toFixed(2)}`, element);
      }
      if (element.matches(".run, .axis, .picked")) {
        const ratio = contrast(parse(style.stroke), behind(element));
        if (ratio < 3) wrong(`drawn with contrast ${ratio.toFixed(2)}`, element);
      }
    }
    tell("back", getComputedStyle(document.body).backgroundColor);
  }

  function lookAtElements() {
    const ours = new Set(("html head meta title style body script a header h1 h2 h3 main section ol li ul p strong div span table thead tbody tr th td " +
      "button label select option figure figcaption svg g path circle text").split(" "));
    for (const element of all("*")) {
      if (!ours.has(element.localName)) wrong(`a foreign element ${element.localName}`, element);
      for (const attribute of element.attributes) {
        if (/^on|^style$|^src|srcdoc|^xlink/i.test(attribute.name)) wrong(`a foreign attribute ${attribute.name}`, element);
      }
    }
    for (const link of all("a")) {
      if (!/^(#main|(\.\.\/)*[A-Za-z0-9%._~-]+(\/[A-Za-z0-9%._~-]+)*\/?)$/.test(link.getAttribute("href"))) wrong("a foreign link", link);
    }
  }

  for (const look of [lookAtWidth, lookAtStructure, lookAtCharts, lookAtContrast, tryPointing, tryKeys, trySorting, tryFilters, lookAtElements]) {
    try {
      look();
    } catch (error) {
      wrong(`${look.name} ended: ${error.message}`);
    }
  }
  const result = document.createElement("pre");
  result.id = "probe";
  result.textContent = `\n${lines.join("\n")}\n`;
  document.body.append(result);
});
