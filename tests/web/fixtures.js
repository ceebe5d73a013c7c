/**
 * Sentences as a server sends them.
 *
 * @import { Evidence, Sentence } from "../../sayso/web/highlighter/types.js"
 * @import { Label } from "../../sayso/web/shared/labels.js"
 */

/**
 * @param {number} index
 * @param {number} start
 * @param {number} end
 * @param {Partial<Sentence>} [more]
 * @returns {Sentence}
 */
export const sentence = (index, start, end, more = {}) => ({
  index,
  start,
  end,
  scores: {},
  flags: [],
  evidence: [],
  kind: null,
  ...more,
});

/**
 * @param {Label} label
 * @param {number} start
 * @param {number} end
 * @param {Partial<Evidence>} [more]
 * @returns {Evidence}
 */
export const evidence = (label, start, end, more = {}) => ({
  label,
  start,
  end,
  score: 0.9,
  quoted: false,
  ...more,
});

export const TEXT = "Officials said it may rain.\n“It could,” he said. The end.";
/** Of `TEXT`: two labels in the first, one in quotation marks in the second, none in the third. */
export const SENTENCES = [
  sentence(0, 0, 27, {
    scores: { hedging: 0.8, unverified_attribution: 0.972, loaded_framing: 0.01 },
    evidence: [evidence("hedging", 18, 21), evidence("unverified_attribution", 0, 14)],
    kind: "unnamed",
  }),
  sentence(1, 28, 48, {
    scores: { hedging: 0.6, unverified_attribution: 0.2, loaded_framing: 0.02 },
    evidence: [evidence("hedging", 32, 37, { quoted: true })],
    kind: "withheld",
  }),
  sentence(2, 49, 57, {
    scores: { hedging: 0.1, unverified_attribution: 0.1, loaded_framing: 0.1 },
  }),
];
export const THRESHOLDS = { hedging: 0.5, unverified_attribution: 0.5, loaded_framing: 0.5 };
