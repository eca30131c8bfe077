// Looks at a test copy of report.html from within and tries what a reader does; the shipped page has
// no such script. Writes one line per finding, "name: value", into <pre id="probe">: what is wrong
// stands in lines that begin with "WRONG". Judged by tests/html.bats.
"use strict";
window.addEventListener("load", () => {
  const centre = (element) => {
    const box = element.getBoundingClientRect();
    return { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true };
  };

  // --- size: nothing is wider than the page but what scrolls in its own box
  function lookAtWidth() {
    const root = document.documentElement;
    tell("width", `${root.scrollWidth} of ${window.innerWidth}`);
    if (root.scrollWidth > window.innerWidth) {
      wrong("the page is too wide");
      for (const element of all("body *")) {
        if (element.getBoundingClientRect().right > window.innerWidth + 1 && !element.closest(".scroll, svg"))
          wrong("beyond the page", element);
      }
    }
  }

  // --- structure
  function lookAtStructure() {
    const levels = all("h1, h2, h3").map((heading) => Number(heading.tagName[1]));
    if (levels[0] !== 1 || levels.filter((level) => level === 1).length !== 1) wrong("not one h1, first");
    levels.forEach((level, index) => {
      if (index > 0 && level > levels[index - 1] + 1) wrong("a heading skips a level", all("h1, h2, h3")[index]);
    });
    for (const landmark of ["header", "main", "nav"]) {
      if (all(landmark).length !== 1) wrong(`not one ${landmark}`);
    }
    const ids = all("[id]").map((element) => element.id);
    if (new Set(ids).size !== ids.length) wrong("an id stands twice");
    for (const link of all("a[href^='#']")) {
      if (!document.getElementById(link.getAttribute("href").slice(1))) wrong("a link leads nowhere", link);
    }
    for (const header of all("th")) {
      if (!header.scope) wrong("a header without scope", header);
    }
    for (const table of all("table")) {
      const columns = table.tHead.rows[0].cells.length;
      for (const row of table.tBodies[0].rows) {
        if (row.cells.length !== columns) wrong("a row of another length", row);
      }
    }
    const target = document.querySelector(".skip");
    if (target !== all("a, button, [tabindex='0']")[0]) wrong("the skip link is not first");
    tell("tables", all("table").length);
    tell("language", document.documentElement.lang);
    tell("answer", all(".answer > ol > li").length);
    tell("answer top", Math.round(document.querySelector(".answer > ol").getBoundingClientRect().top + window.scrollY));
  }

  // --- charts
  const isReference = (point) => point.closest(".role-null, .role-memcpy, .role-bounce") !== null;

  function lookAtCharts() {
    for (const figure of all("figure")) {
      const points = all(".point", figure);
      tell(`chart ${figure.dataset.chart}`, `measured ${points.filter((point) => !isReference(point)).length}, ` +
        `reference ${points.filter(isReference).length}, panels ${all(".plot", figure).length}`);
      for (const plot of all(".plot", figure)) {
        const box = plot.getBoundingClientRect();
        if (shown(plot) && (box.width < 200 || box.height < 120)) wrong("a picture is too small", plot);
        if (all(".point", plot).length === 0) wrong("an empty picture", plot);
        for (const point of all(".point", plot)) {
          const mark = point.querySelector(".mark, .bar, .box");
          const at = mark.getBoundingClientRect();
          if (shown(plot) && (at.width === 0 || at.height === 0)) wrong("a point of no size", point);
          if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
            wrong("a point outside of its picture", point);
          if (!/: .*(interval|no interval).*, \d+ (samples?|rounds)/.test(point.querySelector("title").textContent))
            wrong("a point does not tell value, interval and samples", point);
        }
      }
    }
  }

  function tryHovering() {
    let tried = 0;
    for (const figure of all("figure").filter((figure) => shown(figure.querySelector(".plot")))) {
      for (const kind of ["pointermove", "click"]) {
        const point = all(".point", figure)[kind === "click" ? 0 : 1];
        point.dispatchEvent(new PointerEvent(kind, centre(point)));
        const words = figure.querySelector(".readout").textContent;
        if (words !== point.querySelector("title").textContent) wrong(`${kind} tells "${words}"`, point);
        tried++;
      }
    }
    tell("hovered", tried);
  }

  function tryToggles() {
    let tried = 0;
    for (const figure of all("figure").filter((figure) => shown(figure.querySelector(".plot")))) {
      const visible = () => all(".point", figure).filter(shown).length;
      const before = visible();
      for (const button of all(".legend button", figure)) {
        const entry = button.closest("li").dataset.entry;
        const own = all(`.series[data-entry="${entry}"] .point`, figure).length;
        button.click();
        if (own === 0 || visible() !== before - own) wrong("a switch hides not just its series", button);
        if (button.getAttribute("aria-pressed") !== "false") wrong("a switch does not say that it is off", button);
        for (const plot of all(".plot", figure)) {
          const reachable = all(".point[tabindex='0']", plot);
          if (reachable.some((point) => !shown(point))) wrong("the Tab key reaches a hidden point", plot);
          if (reachable.length === 0 && all(".point", plot).some(shown)) wrong("the Tab key reaches no point", plot);
        }
        button.click();
        if (visible() !== before || button.getAttribute("aria-pressed") !== "true") wrong("a switch does not switch on", button);
        tried++;
      }
    }
    tell("switched", tried);
  }

  // --- keyboard: what the Tab key reaches, in the order of the page, and where arrows lead
  function tryKeys() {
    let moves = 0;
    for (const plot of all(".plot").filter(shown)) {
      const stops = all("[tabindex='0']", plot);
      if (stops.length !== 1) wrong(`${stops.length} stops in a picture`, plot);
      for (const key of ["ArrowRight", "ArrowLeft", "End", "Home"]) {
        const before = document.activeElement;
        const from = stops[0];
        const siblings = Array.from(from.parentNode.querySelectorAll(".point"));
        if (siblings.length < 2) break;
        from.focus();
        if (document.activeElement !== from) wrong("a point takes no focus", from);
        if (key === "ArrowLeft" || key === "Home") siblings[1].focus();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        const wanted = { ArrowRight: siblings[1], ArrowLeft: siblings[0], End: siblings[siblings.length - 1], Home: siblings[0] }[key];
        if (document.activeElement !== wanted || document.activeElement === before) wrong(`${key} leads elsewhere`, document.activeElement);
        const words = plot.closest("figure").querySelector(".readout").textContent;
        if (words !== document.activeElement.querySelector("title").textContent) wrong("focus tells nothing", document.activeElement);
        moves++;
      }
    }
    for (const button of all("button")) {
      if (button.tabIndex !== 0 || button.textContent.trim() === "") wrong("a button that nobody reaches or hears", button);
      const box = button.getBoundingClientRect();
      if (shown(button) && (box.height < 24 || box.width < 24)) wrong(`a button of ${box.width} x ${box.height}`, button);
    }
    tell("moves", moves);
  }

  // --- tables
  const unit = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4, ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
  function value(text) {
    const parts = /^([+-]?[\d.]+(?:e[+-]?\d+)?) ?([A-Za-z]*)/.exec(text.trim());
    return parts ? Number(parts[1]) * (unit[parts[2]] || 1) : undefined;
  }

  function trySorting() {
    let tried = 0;
    for (const table of all("table")) {
      Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
        const cells = () => Array.from(table.tBodies[0].rows).map((row) => row.cells[column].textContent);
        const before = cells().sort().join("\n");
        for (const direction of ["ascending", "descending"]) {
          header.querySelector("button").click();
          if (header.getAttribute("aria-sort") !== direction || all("[aria-sort]", table).length !== 1)
            wrong(`a table does not say that it is ${direction}`, header);
          if (cells().slice().sort().join("\n") !== before) wrong("sorting loses rows", header);
          if (!header.classList.contains("number")) continue;
          const known = cells().map(value);
          const numbers = known.filter((number) => number !== undefined);
          if (known.slice(0, numbers.length).some((number) => number === undefined)) wrong("what is no number comes first", header);
          const sign = direction === "ascending" ? 1 : -1;
          if (numbers.some((number, index) => index > 0 && sign * (number - numbers[index - 1]) < 0))
            wrong(`not ${direction}`, header);
          tried++;
        }
      });
    }
    tell("sorted", tried);
  }

  // --- contrast: what is seen against what lies behind it
  function lookAtContrast() {
    let leastText = Infinity;
    let leastDrawn = Infinity;
    for (const element of all("body *").filter(shown)) {
      const hasText = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim() !== "");
      const style = getComputedStyle(element);
      if (hasText && !element.closest("script, title, #probe")) {
        const color = element.closest("svg") ? style.fill : style.color;
        const ratio = contrast(parse(color), behind(element));
        if (ratio < 4.5) wrong(`text of contrast ${ratio.toFixed(2)}`, element);
        leastText = Math.min(leastText, ratio);
      }
      if (element.matches(".mark, .line, .bar, .interval, .axis, .strong-line")) {
        const color = element.matches(".bar") ? style.fill : style.stroke;
        const ratio = contrast(parse(color), behind(element));
        if (ratio < 3) wrong(`drawn with contrast ${ratio.toFixed(2)}, ${element.parentNode.className.baseVal}`, element.parentNode);
        leastDrawn = Math.min(leastDrawn, ratio);
      }
    }
    tell("contrast", `text ${leastText.toFixed(2)}, drawn ${leastDrawn.toFixed(2)}`);
    tell("back", getComputedStyle(document.body).backgroundColor);
  }

  // --- nothing of a bundle is markup: only these elements are ours
  function lookAtElements() {
    const ours = new Set(("html head meta title style body script a header h1 h2 h3 main section nav ol ul li p strong code div table " +
      "thead tbody tr th td button details summary figure figcaption svg g path circle rect text pre").split(" "));
    for (const element of all("*")) {
      if (!ours.has(element.localName)) wrong(`a foreign element ${element.localName}`, element);
      for (const attribute of element.attributes) {
        if (/^on|^style$|^src|srcdoc|^xlink/i.test(attribute.name)) wrong(`a foreign attribute ${attribute.name}`, element);
      }
    }
    for (const link of all("a")) {
      if (!/^(#|\.\.\/\.\.\/docs\/)/.test(link.getAttribute("href"))) wrong("a foreign link", link);
    }
    tell("requests", performance.getEntriesByType("resource").length);
  }

  for (const look of [lookAtWidth, lookAtStructure, lookAtCharts, lookAtContrast, tryHovering, tryToggles, tryKeys, trySorting, lookAtElements]) {
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
