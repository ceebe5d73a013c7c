/**
 * A report as one HTML file that needs nothing else: no script, no link, no request.
 *
 * @import { Finding, Thresholds } from "../highlighter/types.js"
 * @import { ReportState } from "./report_state.js"
 */

import { make } from "../shared/dom.js";
import { describeFinding } from "../shared/findings_list.js";
import { themeRules } from "../shared/theme.js";
import { count, explanation, scoreText } from "../shared/wording.js";
import { summaryTable } from "./summary_view.js";

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1.06rem/1.6 Georgia, serif;
  background: light-dark(#fbf8f1, #171512); color: light-dark(#1d1a16, #ece6da); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.text p { white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
caption, th { text-align: left; } th, td { padding: .3rem .8rem .3rem 0; vertical-align: middle; }
svg { display: block; width: 100%; height: 1.3rem; } .share { display: flex; gap: .6rem; }
.share svg { width: 5rem; height: .9rem; } .position { width: 40%; }
li { margin-bottom: .6rem; } .note { color: light-dark(#5d564b, #b3aa9a); font-size: .92rem; }
mark sup { font-size: .65em; }
`;

/**
 * @param {ReportState} report
 * @param {Thresholds} thresholds
 * @returns {string}
 */
export function standaloneReport(report, thresholds) {
  const { findings, summary } = report.at(thresholds);
  const [title = "Report"] = report.text.split("\n", 1);
  const page = document.implementation.createHTMLDocument(`Sayso: ${title.slice(0, 120)}`);
  page.documentElement.lang = "en";
  page.head.prepend(make("meta", { charset: "utf-8" }));
  page.head.append(
    make("meta", {
      "http-equiv": "content-security-policy",
      content: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    make("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
  );
  page.body.append(
    make("h1", {}, "Sayso"),
    make("p", { class: "note" }, `Model ${report.model}. The marks judge wording, never truth.`),
    summaryTable(summary, Object.keys(thresholds)),
    make("h2", {}, "The text"),
    make("div", { class: "text" }, ...paragraphs(report.text, findings)),
    make("h2", {}, count(findings.length, "mark")),
    make("ol", {}, ...findings.map((finding) => listItem(finding, thresholds))),
  );
  // The policy of the page at `/` would not let a style element be made here.
  const style = `<style>${STYLE}${themeRules()}\n</style>`;
  const html = page.documentElement.outerHTML.replace("</head>", () => `${style}\n</head>`);
  return `<!doctype html>\n${html}\n`;
}

/**
 * @param {Finding} finding
 * @param {Thresholds} thresholds
 */
function listItem(finding, thresholds) {
  const { label, kind, words } = finding;
  const threshold = scoreText(thresholds[label] ?? 0);
  const rest = ` (flagged from ${threshold}): “${words}”. ${explanation(label, kind)}`;
  return make("li", {}, ...describeFinding(finding), rest);
}

/**
 * The text with its marks as elements: here the document is this file's own.
 *
 * @param {string} text
 * @param {readonly Finding[]} findings
 */
function paragraphs(text, findings) {
  const marks = findings.flatMap(({ label, spans }, index) =>
    spans.map(({ start, end }) => ({ label, start, end, number: index + 1 })),
  );
  let lineStart = 0;
  return text.split("\n").map((line) => {
    const [start, end] = [lineStart, lineStart + line.length];
    lineStart = end + 1;
    const here = marks.filter((mark) => mark.start < end && mark.end > start);
    const edges = new Set([start, end]);
    for (const mark of here) {
      edges.add(Math.max(start, mark.start)).add(Math.min(end, mark.end));
    }
    const cuts = [...edges].sort((a, b) => a - b);
    const contents = cuts.slice(0, -1).map((left, index) => {
      const right = cuts[index + 1];
      /** @type {Node} */
      let node = document.createTextNode(text.slice(left, right));
      for (const mark of here) {
        if (mark.start > left || mark.end < right) continue;
        node = make("mark", { "data-label": mark.label }, node);
        if (mark.end === right) node.appendChild(make("sup", {}, String(mark.number)));
      }
      return node;
    });
    return make("p", { dir: "auto" }, ...contents);
  });
}
