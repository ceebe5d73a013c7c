import assert from "node:assert/strict";
import { test } from "node:test";

import { highlightRules } from "../../sayso/web/highlighter/highlight_styles.js";
import { customPalettes } from "../../sayso/web/shared/custom_colours.js";
import { LABELS, LABEL_INFO } from "../../sayso/web/shared/labels.js";
import { themeRules } from "../../sayso/web/shared/theme.js";

test("both style sheets have each label's colours and line", () => {
  for (const label of LABELS) {
    const { light, dark, line } = LABEL_INFO[label];
    for (const colour of Object.values(light)) {
      assert.ok(themeRules().includes(colour));
      assert.ok(highlightRules("light").includes(colour));
    }
    for (const colour of Object.values(dark)) assert.ok(highlightRules("dark").includes(colour));
    assert.ok(themeRules().includes(`--label-line-style: ${line};`));
    assert.ok(highlightRules("light").includes(`underline ${line} ${light.line}`));
  }
});

test("a reader's own colour takes the place of the label's", () => {
  const palettes = customPalettes({ hedging: "#00aa00" });
  const standard = LABEL_INFO.hedging.light.background;
  for (const rules of [themeRules(palettes), highlightRules("light", palettes)]) {
    assert.ok(rules.includes("#cceecc"));
    assert.ok(!rules.includes(standard));
  }
});

test("rules of marks can be limited to a container", () => {
  assert.match(highlightRules("light", {}, "#story"), /^:is\(#story, #story \*\)::highlight\(/);
});
