/**
 * The page: takes a text, asks this server, and shows the marks as they come.
 *
 * @import { Finding, Info } from "../highlighter/types.js"
 */

import { ArticleView } from "./article_view.js";
import { Card } from "./finding_card.js";
import { Compose } from "./input_form.js";
import { byId, count } from "../shared/dom.js";
import { copy, reportCsv, reportObject, reportText, save } from "./exports.js";
import { FindingsView } from "../shared/findings_list.js";
import { canPaint } from "../highlighter/paint.js";
import { ServerProblem, readInfo, scoreStream } from "../highlighter/server.js";
import { dressPage } from "../shared/theme.js";
import { Key } from "./api_key.js";
import { ProblemView } from "./problem_view.js";
import { Choice, Reading } from "./report_state.js";
import { setText } from "./import_text.js";
import { standaloneReport } from "./standalone.js";
import { summaryTable } from "./summary_view.js";
import { ThresholdsView } from "./thresholds_view.js";

const BASE = new URL("..", import.meta.url).href;
const OLD_BROWSER =
  "This browser cannot paint the marks in the text. The list beside it is complete.";

class Page {
  /** @type {Info | null} */
  info = null;
  /** @type {Reading | null} */
  reading = null;
  /** @type {readonly Finding[]} */
  findings = [];
  /** @type {string | null} */
  chosen = null;
  choice = new Choice();
  running = new AbortController();
  isDue = false;

  constructor() {
    dressPage();
    this.key = new Key(() => this.learn());
    this.problem = new ProblemView(byId("problem"));
    this.compose = new Compose({
      submit: (text) => this.read(text),
      problem: (message) => this.problem.show(message),
    });
    this.article = new ArticleView(byId("article"), (finding) => this.choose(finding?.id ?? null));
    this.list = new FindingsView(byId("findings"), (id) => this.choose(id, "list"));
    this.card = new Card(byId("card"), {
      choose: (id) => this.choose(id, "card"),
      close: () => this.close(),
    });
    this.thresholds = new ThresholdsView(byId("thresholds"), this.choice, () => this.show());
    byId("again").addEventListener("click", () => this.startAgain());
    addEventListener("resize", () => this.card.isOpen && this.choose(this.chosen, "resize"));
    addEventListener("click", (event) => {
      const path = event.composedPath(); // also of a button that its own click has removed
      const isInside = ["card", "article", "findings"].some((id) => path.includes(byId(id)));
      if (!isInside && this.card.isOpen) this.close();
    });
    this.offerExports();
    this.learn();
  }

  /** Ask the server what it runs; whether that worked. */
  async learn() {
    this.problem.hide();
    try {
      this.info = await readInfo(this.server);
    } catch (error) {
      this.tell(error, () => this.learn());
      return false;
    }
    this.choice.learn(this.info);
    this.thresholds.show();
    byId("model").textContent = this.info.model.model;
    return true;
  }

  get server() {
    return { base: BASE, key: this.key.value };
  }

  /** @param {string} text */
  async read(text) {
    this.running.abort();
    const running = (this.running = new AbortController());
    this.close();
    if (!this.info && !(await this.learn())) return;
    this.problem.hide();
    this.compose.show(false);
    byId("reading").hidden = false;
    this.list.clear();
    const reading = (this.reading = new Reading(this.article.set(setText(text))));
    this.show();
    this.say("Reading…");
    byId("article").focus({ preventScroll: true });
    try {
      const end = await scoreStream(reading.text, {
        ...this.server,
        limits: this.info?.limits,
        signal: running.signal,
        onSentences: (sentences) => {
          reading.add(sentences);
          this.showSoon();
        },
        onPart: (done, parts) => this.say(`A long text: reading part ${done + 1} of ${parts}…`),
        onWait: (seconds) => this.say(`The server wants a pause: ${count(seconds, "second")}…`),
      });
      reading.model = end.model;
      reading.warnings = end.warnings;
      reading.isDone = true;
    } catch (error) {
      if (running.signal.aborted) return;
      this.tell(error, () => this.read(text));
    }
    await this.show();
    this.say(this.result(reading));
  }

  /** @param {Reading} reading */
  result(reading) {
    const marks = count(this.findings.length, "mark");
    const sentences = count(reading.sentences.length, "sentence");
    return `${reading.isDone ? "Done" : "Stopped"}: ${marks} in ${sentences}.`;
  }

  /** Show what is new, soon, and once for all that comes meanwhile. */
  showSoon() {
    if (this.isDue) return;
    this.isDue = true;
    setTimeout(() => this.show(), 60);
  }

  async show() {
    this.isDue = false;
    const { reading, choice } = this;
    if (!reading) return;
    this.findings = reading.findings(choice.thresholds);
    this.list.show(this.findings);
    byId("no-findings").hidden = !reading.isDone || this.findings.length > 0;
    byId("summary").replaceChildren(summaryTable(reading.summary(this.findings), choice.labels));
    byId("warnings").textContent = [
      ...(canPaint() ? [] : [OLD_BROWSER]),
      ...reading.warnings.map(({ message }) => `Note: ${message}.`),
    ].join(" ");
    const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
    progress.value = reading.progress;
    progress.hidden = reading.isDone;
    if (this.chosen && !this.findings.some((one) => one.id === this.chosen)) this.close();
    if (canPaint()) await this.article.paint(this.findings);
  }

  /**
   * Open the note on a finding, or close it.
   *
   * @param {string | null} id
   * @param {"text" | "list" | "card" | "resize"} [from]
   */
  choose(id, from = "text") {
    const finding = this.findings.find((one) => one.id === id);
    if (!finding) return this.close();
    this.chosen = finding.id;
    this.list.setCurrent(id);
    this.card.show(finding, this.findings, this.choice.thresholds);
    const words = this.article.focus(id);
    this.card.place(words ?? byId("article").getBoundingClientRect());
    if (from !== "resize") byId("card").focus({ preventScroll: true });
  }

  /** Close the note; focus goes back to the list, where it is easiest to go on from. */
  close() {
    const hadFocus = byId("card").contains(document.activeElement);
    this.card.hide();
    this.article.focus(null);
    if (hadFocus) this.list.focus(this.chosen);
    this.list.setCurrent(null);
    this.chosen = null;
  }

  startAgain() {
    this.running.abort();
    this.close();
    this.reading = null;
    this.problem.hide();
    byId("reading").hidden = true;
    this.compose.show(true);
  }

  /** @param {string} words */
  say(words) {
    byId("state").textContent = words;
  }

  /**
   * @param {unknown} error
   * @param {() => void} again
   */
  tell(error, again) {
    if (!(error instanceof ServerProblem)) throw error;
    if (error.kind === "key_needed" || error.kind === "key_unknown") {
      byId("reading").hidden = true;
      this.compose.show(true);
      this.key.ask();
      this.problem.show(`${error.message} Put a key in the field “Key”.`);
    } else {
      const isHopeless = error.kind === "invalid" || error.kind === "too_long";
      this.problem.show(error.message, isHopeless ? [] : [["Try again", again]]);
    }
  }

  offerExports() {
    /**
     * @param {string} id
     * @param {(reading: Reading) => void | Promise<void>} act
     * @param {string} done
     */
    const offer = (id, act, done) =>
      byId(id).addEventListener("click", async () => {
        if (!this.reading) return;
        await act(this.reading);
        byId("taken").textContent = done;
      });
    const at = () => this.choice.thresholds;
    offer("copy", (reading) => copy(reportText(reading, at())), "Copied.");
    offer(
      "save-json",
      (reading) => {
        const json = JSON.stringify(reportObject(reading, at()), null, 2);
        save("sayso-report.json", "application/json", `${json}\n`);
      },
      "Saved as sayso-report.json.",
    );
    offer(
      "save-csv",
      (reading) => save("sayso-report.csv", "text/csv;charset=utf-8", reportCsv(reading, at())),
      "Saved as sayso-report.csv.",
    );
    offer(
      "save-html",
      (reading) => save("sayso-report.html", "text/html", standaloneReport(reading, at())),
      "Saved as sayso-report.html.",
    );
  }
}

new Page();
