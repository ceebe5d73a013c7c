/** The guide below the form: its titles and meanings are the labels' own. */

import { byId, make, swatch } from "../shared/dom.js";
import { KINDS, KIND_INFO, LABELS, anchorOf } from "../shared/labels.js";
import { explanation } from "../shared/wording.js";

export function fillGuide() {
  for (const label of LABELS) {
    byId(anchorOf(label)).prepend(
      make("h3", {}, swatch(label)),
      make("p", {}, explanation(label)),
    );
  }
  for (const kind of KINDS) {
    const { title, meaning } = KIND_INFO[kind];
    byId(`kind-${kind}`).before(make("dt", {}, title));
    byId(`kind-${kind}`).prepend(`${meaning}: `);
  }
}
