/**
 * The page at `/`: takes a text, sends it to this server, and shows the marks as they come.
 *
 * @import { Finding, Info, Thresholds } from "../highlighter/types.js"
 */

import { canPaint } from "../highlighter/highlight_styles.js";
import { readInfo, scoreStream } from "../highlighter/server.js";
import { ServerError } from "../highlighter/server_errors.js";
import { byId, make } from "../shared/dom.js";
import { ErrorView } from "../shared/error_view.js";
import { FindingsList, describeFinding } from "../shared/findings_list.js";
import { applyTheme } from "../shared/theme.js";
import { count } from "../shared/wording.js";
import { ApiKey } from "./api_key.js";
import { ArticleView } from "./article_view.js";
import { copy, download, reportCsv, reportObject, reportText } from "./exports.js";
import { FindingCard } from "./finding_card.js";
import { fillGuide } from "./guide.js";
import { articleOfText } from "./import_text.js";
import { InputForm } from "./input_form.js";
import { ReportState, ThresholdSettings } from "./report_state.js";
import { standaloneReport } from "./standalone.js";
import { summaryTable } from "./summary_view.js";
import { ThresholdsView } from "./thresholds_view.js";

const BASE = new URL("../../..", import.meta.url).href;
const SHOW_MILLISECONDS = 60;
const NO_HIGHLIGHTS =
  "This browser cannot show the marks in the text. The list beside it is complete.";

/**
 * The files that a report is saved as, by extension.
 *
 * @typedef {(report: ReportState, thresholds: Thresholds) => string} ReportWriter
 * @type {Record<string, {type: string, write: ReportWriter}>}
 */
const FILES = {
  json: {
    type: "application/json",
    write: (...report) => `${JSON.stringify(reportObject(...report), null, 2)}\n`,
  },
  csv: { type: "text/csv;charset=utf-8", write: reportCsv },
  html: { type: "text/html", write: standaloneReport },
};

class App {
  /** @type {Info | null} */
  info = null;
  /** @type {ReportState | null} */
  report = null;
  /** @type {readonly Finding[]} */
  findings = [];
  settings = new ThresholdSettings();
  running = new AbortController();
  isShowScheduled = false;

  constructor() {
    applyTheme();
    fillGuide();
    this.key = new ApiKey(() => this.loadInfo());
    this.error = new ErrorView(byId("error"));
    this.form = new InputForm({
      onSubmit: (text) => this.score(text),
      onError: (message) => this.error.show(message),
    });
    this.article = new ArticleView(byId("article"), (finding) => this.select(finding?.id ?? null));
    this.list = new FindingsList(byId("findings"), {
      contents: (finding) => [
        make("span", { class: "words" }, `“${finding.words}”`),
        make("span", { class: "label" }, ...describeFinding(finding)),
      ],
      onSelect: (id) => this.select(id),
    });
    this.card = new FindingCard(byId("finding-card"), {
      onSelect: (id) => this.select(id),
      onClose: () => this.close(),
    });
    this.thresholds = new ThresholdsView(byId("thresholds"), this.settings, () => this.show());
    byId("another-text").addEventListener("click", () => this.reset());
    addEventListener("resize", () => this.card.isOpen && this.select(this.list.selected, false));
    addEventListener("click", (event) => {
      const path = event.composedPath(); // also of a button that its own click has removed
      const inside = ["finding-card", "article", "findings"].map((id) => byId(id));
      const isInside = inside.some((element) => path.includes(element));
      if (!isInside && this.card.isOpen) this.close();
    });
    this.addExports();
    this.loadInfo();
  }

  /** Ask the server for its model and limits; returns whether that worked. */
  async loadInfo() {
    this.error.show("");
    try {
      this.info = await readInfo(this.server);
    } catch (error) {
      this.showError(error, () => this.loadInfo());
      return false;
    }
    this.settings.setDefaults(this.info);
    this.thresholds.show();
    byId("model").textContent = this.info.model.model;
    return true;
  }

  get server() {
    return { base: BASE, key: this.key.value };
  }

  /** @param {string} text */
  async score(text) {
    this.running.abort();
    const running = (this.running = new AbortController());
    this.close();
    if (!this.info && !(await this.loadInfo())) return;
    this.error.show("");
    this.form.show(false);
    byId("report").hidden = false;
    this.list.show([]);
    const report = (this.report = new ReportState(this.article.setArticle(articleOfText(text))));
    this.show();
    this.setStatus("Reading…");
    byId("article").focus({ preventScroll: true });
    try {
      const { model, warnings } = await scoreStream(report.text, {
        ...this.server,
        limits: this.info?.limits,
        signal: running.signal,
        onSentences: (sentences) => {
          report.sentences.push(...sentences);
          this.scheduleShow();
        },
        onChunk: (done, chunks) =>
          this.setStatus(`A long text: reading part ${done + 1} of ${chunks}…`),
        onWait: (seconds) =>
          this.setStatus(`The server asks to wait ${count(seconds, "second")}…`),
      });
      Object.assign(report, { model, warnings, isDone: true });
    } catch (error) {
      if (running.signal.aborted) return;
      this.showError(error, () => this.score(text));
    }
    await this.show();
    const marks = count(this.findings.length, "mark");
    const sentences = count(report.sentences.length, "sentence");
    this.setStatus(`${report.isDone ? "Done" : "Stopped"}: ${marks} in ${sentences}.`);
  }

  /** Show the report soon, once for all sentences that come meanwhile. */
  scheduleShow() {
    if (this.isShowScheduled) return;
    this.isShowScheduled = true;
    setTimeout(() => this.show(), SHOW_MILLISECONDS);
  }

  async show() {
    this.isShowScheduled = false;
    const { report, settings } = this;
    if (!report) return;
    const { findings, summary } = report.at(settings.thresholds);
    this.findings = findings;
    this.list.show(findings);
    byId("no-findings").hidden = !report.isDone || this.findings.length > 0;
    byId("summary").replaceChildren(summaryTable(summary, settings.labels));
    byId("warnings").textContent = [
      ...(canPaint() ? [] : [NO_HIGHLIGHTS]),
      ...report.warnings.map(({ message }) => `Note: ${message}.`),
    ].join(" ");
    const progress = byId("progress", HTMLProgressElement);
    progress.value = report.progress;
    progress.hidden = report.isDone;
    if (this.card.isOpen && this.list.selected === null) this.close();
    if (canPaint()) await this.article.paint(this.findings);
  }

  /**
   * Open the card of a finding, or close it.
   *
   * @param {string | null} id
   * @param {boolean} [hasFocus]  whether the card gets the focus
   */
  select(id, hasFocus = true) {
    const finding = this.findings.find((one) => one.id === id);
    if (!finding) return this.close();
    this.list.select(id);
    this.card.show(finding, this.findings, this.settings.thresholds);
    const words = this.article.focus(id);
    this.card.place(words ?? byId("article").getBoundingClientRect());
    if (hasFocus) byId("finding-card").focus({ preventScroll: true });
  }

  /** Close the card; the focus goes back to the list, where it is easiest to go on from. */
  close() {
    const hadFocus = byId("finding-card").contains(document.activeElement);
    this.card.hide();
    this.article.focus(null);
    if (hadFocus) this.list.buttonOf(this.list.selected)?.focus();
    this.list.select(null);
  }

  reset() {
    this.running.abort();
    this.close();
    this.report = null;
    this.error.show("");
    byId("report").hidden = true;
    this.form.show(true);
  }

  /** @param {string} text */
  setStatus(text) {
    byId("status").textContent = text;
  }

  /**
   * @param {unknown} error
   * @param {() => void} retry
   */
  showError(error, retry) {
    if (!(error instanceof ServerError)) throw error;
    if (error.kind === "key_needed" || error.kind === "key_unknown") {
      byId("report").hidden = true;
      this.form.show(true);
      this.key.ask();
      this.error.show(`${error.message} Enter a key in the field “Key”.`);
    } else {
      const isFinal = error.kind === "invalid" || error.kind === "too_long";
      this.error.show(error.message, isFinal ? undefined : ["Try again", retry]);
    }
  }

  addExports() {
    byId("copy").addEventListener("click", async () => {
      if (!this.report) return;
      await copy(reportText(this.report, this.settings.thresholds));
      byId("export-status").textContent = "Copied.";
    });
    for (const [extension, { type, write }] of Object.entries(FILES)) {
      byId(`save-${extension}`).addEventListener("click", () => {
        if (!this.report) return;
        const name = `sayso-report.${extension}`;
        download(name, type, write(this.report, this.settings.thresholds));
        byId("export-status").textContent = `Saved as ${name}.`;
      });
    }
  }
}

new App();
