/** Where on a page the article is. Reads, never writes. */

import { COMMENTS } from "./visibility.js";

/** How much of the page's paragraphs the article holds at least. */
const SHARE = 0.6;
/** Characters from which on what is marked up as an article is one, however much is beside it. */
const ENOUGH = 1_000;
const MARKED_UP = ["article, [role=article], [itemprop~=articleBody]", "main, [role=main]"];

/**
 * The element that holds the article: an `article`, else a `main`, else any. It is the smallest that
 * holds most of the page's paragraphs; of what is marked up also one that is long by itself, and
 * holds most of what is marked up like it. Comments count only on a page that has nothing else.
 *
 * @param {Document} page
 * @returns {Element}
 */
export function findArticle(page) {
  const body = page.body ?? page.documentElement;
  const weights = weigh(body, (paragraph) => !paragraph.closest(COMMENTS));
  const whole = weights.get(body) ?? 0;
  if (!whole) return findWithoutProse(page, body);
  const heavy = [...weights].filter(([, weight]) => weight >= SHARE * whole);
  for (const selector of MARKED_UP) {
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
 */
function findWithoutProse(page, body) {
  const weights = weigh(body, () => true);
  const whole = weights.get(body) ?? 0;
  const heavy = [...weights].filter(([, weight]) => weight >= SHARE * whole);
  return (
    lightest(heavy) ?? page.querySelector(MARKED_UP[0]) ?? page.querySelector(MARKED_UP[1]) ?? body
  );
}

/**
 * How much text the rendered paragraphs below each element have.
 *
 * @param {Element} body
 * @param {(paragraph: Element) => boolean} counts
 * @returns {Map<Element, number>}
 */
function weigh(body, counts) {
  /** @type {Map<Element, number>} */
  const weights = new Map();
  for (const paragraph of body.querySelectorAll("p, blockquote, li, h1, h2, h3")) {
    const isRead = paragraph.localName === "p" || !paragraph.querySelector("p, a");
    if (!isRead || !counts(paragraph) || !paragraph.checkVisibility()) continue;
    const weight = paragraph.textContent.trim().length;
    /** @type {Element | null} */
    let above = paragraph.parentElement;
    for (; above && body.contains(above); above = above.parentElement) {
      weights.set(above, (weights.get(above) ?? 0) + weight);
    }
  }
  return weights;
}

/**
 * The one with least text; of equals the innermost.
 *
 * @param {[Element, number][]} weighed
 * @returns {Element | undefined}
 */
function lightest(weighed) {
  /** @type {[Element, number] | undefined} */
  let best;
  for (const one of weighed) {
    if (!best || one[1] < best[1] || (one[1] === best[1] && best[0].contains(one[0]))) best = one;
  }
  return best?.[0];
}

/**
 * The one with most text, if that is enough, and more than all others have that are not within it.
 *
 * @param {[Element, number][]} weighed
 * @returns {Element | undefined}
 */
function longest(weighed) {
  const [best] = weighed.toSorted((a, b) => b[1] - a[1]);
  if (!best || best[1] < ENOUGH) return undefined;
  const others = weighed.filter(([one]) => !best[0].contains(one) && !one.contains(best[0]));
  const outermost = others.filter(([one]) => !others.some(([it]) => it !== one && it.contains(one)));
  const beside = outermost.reduce((sum, [, weight]) => sum + weight, 0);
  return best[1] >= SHARE * (best[1] + beside) ? best[0] : undefined;
}
