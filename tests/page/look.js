// What all probes look with, and where they write what they find; with-probe.sh puts it before them.
"use strict";
const lines = [];
const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
const tell = (name, value) => lines.push(`${name}: ${value}`);
const wrong = (what, element) => lines.push(`WRONG ${what}: ${(element && element.textContent || "").trim().slice(0, 80)}`);
// What is folded away has rectangles all the same.
const shown = (element) => element.getClientRects().length > 0 && element.checkVisibility();

// Contrast by the formula of WCAG 2. Colours are lists of red, green, blue and perhaps alpha.
const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
function luminance([red, green, blue]) {
  const linear = [red, green, blue].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
function contrast(one, other) {
  const [less, more] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (more + 0.05) / (less + 0.05);
}
function behind(element) {
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
}
