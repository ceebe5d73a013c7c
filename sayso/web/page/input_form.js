/** Where a reader's text comes in: typed, pasted, dropped, from a file, or an example. */

import { button, byId, count } from "../shared/dom.js";
import { EXAMPLES } from "./examples.js";
import { countWords } from "../highlighter/findings.js";
import { looksLikeHtml, textOfFile, textOfHtml } from "./import_text.js";

const LONG = 50_000; // code units

export class Compose {
  /**
   * @param {object} on
   * @param {(text: string) => void} on.submit
   * @param {(message: string) => void} on.problem
   */
  constructor(on) {
    this.on = on;
    this.section = byId("compose");
    this.field = /** @type {HTMLTextAreaElement} */ (byId("text"));
    const file = /** @type {HTMLInputElement} */ (byId("file"));
    byId("mark").addEventListener("click", () => this.submit());
    byId("open").addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      if (file.files?.[0]) this.#read(file.files[0]);
      file.value = "";
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit();
    });
    this.field.addEventListener("input", () => this.#tell(""));
    this.field.addEventListener("paste", (event) => this.#paste(event));
    this.#takeDrops();
    const examples = EXAMPLES.map(({ title, text }) =>
      button(title, () => {
        this.field.value = text;
        this.submit();
      }, { class: "link" }),
    );
    byId("examples").replaceChildren(...examples);
  }

  submit() {
    const { value } = this.field;
    const text = looksLikeHtml(value) ? textOfHtml(value) : value;
    if (text.trim()) this.on.submit(text);
    else this.on.problem("There is no text yet: paste an article, or drop a file.");
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.section.hidden = !isShown;
    if (isShown) this.field.focus();
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const html = event.clipboardData?.getData("text/html") ?? "";
    if (!/<(p|div|br|li|h[1-6])[\s>/]/i.test(html)) return;
    const text = textOfHtml(html);
    if (!text) return;
    event.preventDefault();
    this.field.focus();
    // Old, but the only way that can be undone by Ctrl + Z; slow with a long text.
    const isLong = text.length > LONG;
    if (isLong || !document.execCommand("insertText", false, text)) this.field.setRangeText(text);
    this.#tell("");
  }

  #takeDrops() {
    const sheet = byId("drop");
    addEventListener("dragover", (event) => {
      event.preventDefault();
      sheet.classList.add("over");
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) sheet.classList.remove("over");
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      sheet.classList.remove("over");
      const [file] = event.dataTransfer?.files ?? [];
      const html = event.dataTransfer?.getData("text/html");
      const plain = event.dataTransfer?.getData("text/plain");
      if (file) this.#read(file);
      else if (html || plain) this.#fill(html ? textOfHtml(html) : (plain ?? ""), "");
    });
  }

  /** @param {File} file */
  async #read(file) {
    try {
      this.#fill(await textOfFile(file), file.name);
    } catch (error) {
      this.on.problem(/** @type {Error} */ (error).message);
    }
  }

  /**
   * @param {string} text
   * @param {string} name
   */
  #fill(text, name) {
    this.show(true);
    this.field.value = text;
    this.field.setSelectionRange(0, 0);
    this.field.scrollTop = 0;
    this.#tell(name);
    byId("mark").focus();
  }

  /** @param {string} name  of the file */
  #tell(name) {
    const words = count(countWords(this.field.value), "word");
    byId("source").textContent = `${name ? `${name}: ` : ""}${this.field.value ? words : ""}`;
  }
}
