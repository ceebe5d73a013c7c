/**
 * A report as one HTML file that needs nothing else: no script, no link, no request.
 *
 * @import { Finding, Label, Thresholds } from "../highlighter/types.js"
 * @import { Reading } from "./report_state.js"
 */

import { count, make, percent } from "../shared/dom.js";
import { KIND_LOOKS, LABELS, LABEL_LOOKS, why } from "../shared/labels.js";
import { summaryTable } from "./summary_view.js";

const STYLE = `
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1.06rem/1.6 Georgia, serif;
  background: #fbf8f1; color: #1d1a16; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.text p { white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
caption, th { text-align: left; } th, td { padding: .3rem .8rem .3rem 0; vertical-align: middle; }
svg { display: block; width: 100%; height: 1.3rem; } .share { display: flex; gap: .6rem; }
.share svg { width: 5rem; height: .9rem; } .where { width: 40%; }
li { margin-bottom: .6rem; } .note { color: #5d564b; font-size: .92rem; }
mark sup { font-size: .65em; }
@media (prefers-color-scheme: dark) { body { background: #171512; color: #ece6da; }
  .note { color: #b3aa9a; } }
`;

/**
 * @param {Reading} reading
 * @param {Thresholds} thresholds
 * @returns {string}
 */
export function standaloneReport(reading, thresholds) {
  const findings = reading.findings(thresholds);
  const labels = LABELS.filter((label) => label in thresholds);
  const [title = "Report"] = reading.text.split("\n", 1);
  const page = document.implementation.createHTMLDocument(`Sayso: ${title.slice(0, 120)}`);
  page.documentElement.lang = "en";
  page.head.prepend(make("meta", { charset: "utf-8" }));
  page.head.append(
    make("meta", {
      "http-equiv": "content-security-policy",
      content: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    make("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    make("meta", { name: "color-scheme", content: "light dark" }),
  );
  page.body.append(
    make("h1", {}, "Sayso"),
    make("p", { class: "note" }, `Model ${reading.model}. The marks judge wording, never truth.`),
    summaryTable(reading.summary(findings), labels),
    make("h2", {}, "The text"),
    make("div", { class: "text" }, ...paragraphs(reading.text, findings)),
    make("h2", {}, count(findings.length, "mark")),
    make("ol", {}, ...findings.map((one) => item(one, thresholds))),
  );
  // The policy of this page would not let a style element be made here.
  const style = `<style>${STYLE}${labels.map(inks).join("\n")}\n</style>`;
  const html = page.documentElement.outerHTML.replace("</head>", () => `${style}\n</head>`);
  return `<!doctype html>\n${html}\n`;
}

/** @param {Label} label */
function inks(label) {
  const { light, dark, style } = LABEL_LOOKS[label];
  const look = `[data-label="${label}"]`;
  /** @param {typeof light} ink */
  const rules = (ink) =>
    `:root { --${label}-line: ${ink.line} } mark${look}, .swatch${look} { color: ${ink.text}; ` +
    `background: ${ink.background}; text-decoration: underline ${style} 2px ${ink.line} }`;
  return `${rules(light)}\n@media (prefers-color-scheme: dark) { ${rules(dark)} }`;
}

/**
 * @param {Finding} finding
 * @param {Thresholds} thresholds
 */
function item({ label, kind, score, words }, thresholds) {
  const swatch = make("span", { class: "swatch", "data-label": label }, LABEL_LOOKS[label].title);
  const more = kind ? `, ${KIND_LOOKS[kind].name}` : "";
  const from = percent(thresholds[label] ?? 0);
  return make(
    "li",
    {},
    swatch,
    `${more}, ${percent(score)} (marked from ${from}): “${words}”. ${why(label, kind)}`,
  );
}

/**
 * The text with its marks as elements: this file's own.
 *
 * @param {string} text
 * @param {readonly Finding[]} findings
 */
function paragraphs(text, findings) {
  const spans = findings.flatMap(({ label, spans }, index) =>
    spans.map(({ start, end }) => ({ label, start, end, number: index + 1 })),
  );
  let start = 0;
  return text.split("\n").map((line) => {
    const [from, to] = [start, start + line.length];
    start = to + 1;
    const edges = new Set([from, to]);
    const here = spans.filter((one) => one.start < to && one.end > from);
    for (const one of here) edges.add(Math.max(from, one.start)).add(Math.min(to, one.end));
    const places = [...edges].sort((a, b) => a - b);
    const pieces = places.slice(0, -1).map((left, index) => {
      const right = places[index + 1];
      /** @type {Node} */
      let piece = document.createTextNode(text.slice(left, right));
      for (const one of here) {
        if (one.start > left || one.end < right) continue;
        piece = make("mark", { "data-label": one.label }, piece);
        if (one.end === right) piece.appendChild(make("sup", {}, String(one.number)));
      }
      return piece;
    });
    return make("p", { dir: "auto" }, ...pieces);
  });
}
