import assert from "node:assert/strict";
import { test } from "node:test";

import { AddressProblem, readAddress } from "../src/address.js";

const PORTS = { ports: true };

for (const [typed, base, pattern] of [
  ["https://sayso.example.org", "https://sayso.example.org", "https://sayso.example.org/*"],
  ["  https://sayso.example.org/  ", "https://sayso.example.org", "https://sayso.example.org/*"],
  ["sayso.example.org", "https://sayso.example.org", "https://sayso.example.org/*"],
  ["SAYSO.example.org:8443", "https://sayso.example.org:8443", "https://sayso.example.org:8443/*"],
  ["localhost:3000", "http://localhost:3000", "http://localhost:3000/*"],
  ["127.0.0.1:3000", "http://127.0.0.1:3000", "http://127.0.0.1:3000/*"],
  ["http://[::1]:3000/", "http://[::1]:3000", "http://[::1]:3000/*"],
  ["https://tools.example.org/sayso/", "https://tools.example.org/sayso", "https://tools.example.org/*"],
  ["https://zürich.example.org", "https://xn--zrich-kva.example.org", "https://xn--zrich-kva.example.org/*"],
  ["https://sayso.example.org:443", "https://sayso.example.org", "https://sayso.example.org/*"],
]) {
  test(`${typed} is ${base}`, () => {
    const address = readAddress(typed, PORTS);
    assert.equal(address.base, base);
    assert.equal(address.pattern, pattern);
  });
}

test("where match patterns know no ports, the permission is for the host", () => {
  assert.equal(readAddress("localhost:3000", { ports: false }).pattern, "http://localhost/*");
});

test("what others can read on its way is told", () => {
  assert.equal(readAddress("http://sayso.example.org", PORTS).isOpen, true);
  assert.equal(readAddress("http://127.0.0.1:3000", PORTS).isOpen, false);
  assert.equal(readAddress("https://sayso.example.org", PORTS).isOpen, false);
});

/** @type {[string, RegExp][]} */
const NONE = [
  ["", /Enter/],
  ["two words", /no web address/],
  ["https://two%20words", /no web address/],
  ["https://*.example.org", /no web address/],
  ["ftp://sayso.example.org", /must begin/],
  ["javascript://alert(1)", /no web address|must begin/],
  ["https://me:secret@sayso.example.org", /password/],
  ["https://sayso.example.org/?key=1", /\?/],
];
for (const [typed, told] of NONE) {
  test(`${typed || "nothing"} is no address`, () => {
    assert.throws(
      () => readAddress(typed, PORTS),
      (error) => error instanceof AddressProblem && told.test(error.message),
    );
  });
}
