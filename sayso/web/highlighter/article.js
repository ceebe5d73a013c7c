/** Where on a page the article is. Reads, never writes. */

import { COMMENTS } from "./visibility.js";

/** The least share of the page's paragraphs that the article holds. */
const MIN_SHARE = 0.6;
/** Characters from which on an element that is marked up as an article is one. */
const LONG = 1_000;
/** Selectors of elements that are marked up as articles, best first. */
export const MARKUP = ["article, [role=article], [itemprop~=articleBody]", "main, [role=main]"];

/**
 * The element that holds the article: an `article`, else a `main`, else any. It is the smallest
 * that holds most of the page's paragraphs; among marked-up elements also one that is long by itself
 * and holds most of the text in elements of its kind. Comments count only on a page that has nothing
 * else.
 *
 * @param {Document} page
 * @param {(paragraph: Element) => boolean} [isVisible]  for a page that is not rendered
 * @returns {Element}
 */
export function findArticle(page, isVisible = (paragraph) => paragraph.checkVisibility()) {
  const body = page.body ?? page.documentElement;
  const weights = weigh(body, (paragraph) => !paragraph.closest(COMMENTS) && isVisible(paragraph));
  if (!weights.size) return findComments(page, body, isVisible);
  const heavy = heaviest(weights, body);
  for (const selector of MARKUP) {
    const found =
      lightest(heavy.filter(([element]) => element.matches(selector))) ??
      longest([...weights].filter(([element]) => element.matches(selector)));
    if (found) return found;
  }
  return lightest(heavy) ?? body;
}

/**
 * @param {Document} page
 * @param {Element} body
 * @param {(paragraph: Element) => boolean} isVisible
 */
function findComments(page, body, isVisible) {
  const found = lightest(heaviest(weigh(body, isVisible), body));
  return found ?? page.querySelector(MARKUP[0]) ?? page.querySelector(MARKUP[1]) ?? body;
}

/**
 * The length of the paragraphs below each element.
 *
 * @param {Element} body
 * @param {(paragraph: Element) => boolean} counts
 * @returns {Map<Element, number>}
 */
function weigh(body, counts) {
  /** @type {Map<Element, number>} */
  const weights = new Map();
  for (const paragraph of body.querySelectorAll("p, blockquote, li, h1, h2, h3")) {
    const isProse = paragraph.localName === "p" || !paragraph.querySelector("p, a");
    const weight = isProse && counts(paragraph) ? paragraph.textContent.trim().length : 0;
    if (!weight) continue;
    /** @type {Element | null} */
    let ancestor = paragraph.parentElement;
    for (; ancestor && body.contains(ancestor); ancestor = ancestor.parentElement) {
      weights.set(ancestor, (weights.get(ancestor) ?? 0) + weight);
    }
  }
  return weights;
}

/**
 * The elements that hold most of the paragraphs.
 *
 * @param {Map<Element, number>} weights
 * @param {Element} body
 */
function heaviest(weights, body) {
  const whole = weights.get(body) ?? 0;
  return [...weights].filter(([, weight]) => weight >= MIN_SHARE * whole);
}

/**
 * The element with the least text; of equals the innermost, which `weigh` adds first.
 *
 * @param {[Element, number][]} weighed
 * @returns {Element | undefined}
 */
function lightest(weighed) {
  return weighed.toSorted(([, a], [, b]) => a - b)[0]?.[0];
}

/**
 * The longest element, if it is long, and most of the text is in it or in elements around it.
 *
 * @param {[Element, number][]} weighed
 * @returns {Element | undefined}
 */
function longest(weighed) {
  const [[best, length] = [undefined, 0]] = weighed.toSorted(([, a], [, b]) => b - a);
  if (!best || length < LONG) return undefined;
  const others = weighed.filter(([other]) => !best.contains(other) && !other.contains(best));
  const outermost = others.filter(
    ([element]) => !others.some(([other]) => other !== element && other.contains(element)),
  );
  const beside = outermost.reduce((sum, [, weight]) => sum + weight, 0);
  return length >= MIN_SHARE * (length + beside) ? best : undefined;
}
