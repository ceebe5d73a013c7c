/**
 * What a reader brings: a text, HTML, or a file of either, and the paragraphs in it.
 *
 * HTML is parsed into a document that never runs and never loads anything.
 */

const LARGEST = 10_000_000; // bytes of a file
const BLOCKS = new Set(
  (
    "address article aside blockquote body br dd details div dl dt figcaption figure footer h1 " +
    "h2 h3 h4 h5 h6 header hr li main ol p section summary table tbody td tfoot th thead tr ul"
  ).split(" "),
);
const LEFT_OUT =
  "script, style, noscript, template, head, nav, aside, form, button, input, select, textarea, " +
  "iframe, object, svg, math, code, pre, kbd, samp, footer, dialog, [hidden], " +
  "[aria-hidden=true], [role=navigation], [role=dialog]";
const LOOKS_LIKE_HTML =
  /^\s*(<\?xml|<!doctype html|<(html|body|article|main|section|div|p|h1)[\s>])/i;
const HARD_WRAPPED = { from: 45, to: 100 };
const LONGEST_HEADLINE = 160;

/** @typedef {{headline: string | null, paragraphs: string[]}} Source */

/**
 * A text as it is to be set: its headline, if its first line is one, and its paragraphs.
 *
 * @param {string} text
 * @returns {Source}
 */
export function setText(text) {
  const paragraphs = text
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n\s*/)
    .flatMap((block) => (isHardWrapped(block) ? [joined(block)] : block.split("\n")))
    .map((one) => one.replace(/[ \t\f\v]+$/g, "").replace(/^[ \t\f\v]+/g, ""))
    .filter(Boolean);
  const [first = ""] = paragraphs;
  const isShort = paragraphs.length > 1 && first.length <= LONGEST_HEADLINE;
  const isHeadline = isShort && !/[.!?;:,]["”’)]*$/.test(first);
  return isHeadline
    ? { headline: first, paragraphs: paragraphs.slice(1) }
    : { headline: null, paragraphs };
}

/** @param {string} text */
export const looksLikeHtml = (text) => LOOKS_LIKE_HTML.test(text);

/**
 * The article in an HTML page or in a piece of one, paragraphs separated by empty lines.
 *
 * @param {string} html
 * @returns {string}
 */
export function textOfHtml(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of page.querySelectorAll(LEFT_OUT)) element.remove();
  const lines = linesOf(articleOf(page)).map((line) => line.replace(/\s+/g, " ").trim());
  const text = lines.filter(Boolean).join("\n\n");
  const title = page.querySelector("h1")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  return title && !text.includes(title) ? `${title}\n\n${text}` : text;
}

/**
 * The text of a file.
 *
 * @param {File} file
 * @returns {Promise<string>}
 * @throws {Error} it cannot be read; the message is for people
 */
export async function textOfFile(file) {
  if (file.size > LARGEST) throw new Error(`${file.name} is too large: more than 10 MB.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = decoded(bytes);
  if (text.includes("\0")) throw new Error(`${file.name} is no text: drop a text or HTML file.`);
  return /\.x?html?$/i.test(file.name) || looksLikeHtml(text) ? textOfHtml(text) : text;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function decoded(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * The smallest of `article`, `main` and body that holds most of the paragraphs.
 *
 * @param {Document} page
 * @returns {Element}
 */
function articleOf(page) {
  const whole = weight(page.body);
  const heavy = [...page.querySelectorAll("article, [itemprop~=articleBody], main")].filter(
    (element) => weight(element) >= 0.6 * whole,
  );
  return heavy.sort((a, b) => weight(a) - weight(b))[0] ?? page.body;
}

/** @param {Element} element */
const weight = (element) =>
  [...element.querySelectorAll("p")].reduce((sum, one) => sum + one.textContent.trim().length, 0) ||
  element.textContent.trim().length / 10;

/**
 * @param {Node} node
 * @returns {string[]}
 */
function linesOf(node) {
  const lines = [""];
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      lines[lines.length - 1] += child.textContent;
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      const [first, ...more] = linesOf(child);
      if (BLOCKS.has(/** @type {Element} */ (child).localName)) {
        lines.push(first, ...more, "");
      } else {
        lines[lines.length - 1] += first;
        lines.push(...more);
      }
    }
  }
  return lines;
}

/** @param {string} block */
function isHardWrapped(block) {
  const lines = block.split("\n").map((line) => line.trimEnd().length);
  const all = lines.slice(0, -1);
  return all.length > 0 && all.every((one) => one >= HARD_WRAPPED.from && one <= HARD_WRAPPED.to);
}

/** @param {string} block */
const joined = (block) => block.replace(/[ \t]*\n[ \t]*/g, " ");
