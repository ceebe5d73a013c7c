/**
 * Text from what a reader pastes, drops or opens: plain text or HTML.
 *
 * HTML is parsed into a document that never runs and never loads anything.
 */

import { MARKUP, findArticle } from "../highlighter/article.js";
import { onOneLine } from "../highlighter/findings.js";
import { EXCLUDED } from "../highlighter/visibility.js";

const MAX_FILE_BYTES = 10_000_000;
const BLOCKS = new Set(
  (
    "address article aside blockquote body br dd details div dl dt figcaption figure footer h1 " +
    "h2 h3 h4 h5 h6 header hr li main ol p section summary table tbody td tfoot th thead tr ul"
  ).split(" "),
);
/** Without style sheets the element alone shows that it is not part of the article. */
const UNSTYLED = "aside, footer, form, iframe, [hidden], [aria-hidden=true]";
const LOOKS_LIKE_HTML =
  /^\s*(<\?xml|<!doctype html|<(html|body|article|main|section|div|p|h1)[\s>])/i;
const HARD_WRAPPED_LINE = { min: 45, max: 100 };
const MAX_HEADLINE = 160;

/** @typedef {{headline: string | null, paragraphs: string[]}} Article */

/**
 * The paragraphs of a text, and its first line if that is a headline.
 *
 * @param {string} text
 * @returns {Article}
 */
export function articleOfText(text) {
  const paragraphs = text
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n\s*/)
    .flatMap((block) => (isHardWrapped(block) ? [joined(block)] : block.split("\n")))
    .map((paragraph) => paragraph.replace(/^[ \t\f\v]+|[ \t\f\v]+$/g, ""))
    .filter(Boolean);
  const [first = ""] = paragraphs;
  const isShort = paragraphs.length > 1 && first.length <= MAX_HEADLINE;
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
  for (const element of page.querySelectorAll(`${EXCLUDED}, ${UNSTYLED}`)) {
    element.remove();
  }
  const article = findArticle(page, () => true);
  // A selection from a page has no markup around it: all of it counts.
  const root = article.matches(MARKUP.join()) ? article : page.body;
  const lines = linesOf(root).map(onOneLine);
  const text = lines.filter(Boolean).join("\n\n");
  const title = onOneLine(page.querySelector("h1")?.textContent ?? "");
  return title && !text.includes(title) ? `${title}\n\n${text}` : text;
}

/**
 * The text of a file.
 *
 * @param {File} file
 * @returns {Promise<string>}
 * @throws {Error} if it cannot be read; the message is for people
 */
export async function textOfFile(file) {
  if (file.size > MAX_FILE_BYTES) throw new Error(`${file.name} is too large: more than 10 MB.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = decoded(bytes);
  if (text.includes("\0")) {
    throw new Error(`${file.name} is not a text file. Open a text or HTML file.`);
  }
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
  const lengths = block.split("\n").map((line) => line.trimEnd().length);
  const { min, max } = HARD_WRAPPED_LINE;
  return lengths.length > 1 && lengths.slice(0, -1).every((one) => one >= min && one <= max);
}

/** @param {string} block */
const joined = (block) => block.replace(/[ \t]*\n[ \t]*/g, " ");
