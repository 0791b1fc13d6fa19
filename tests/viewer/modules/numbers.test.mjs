// Numbers, words and lists, held against what a person would write.
import assert from "node:assert/strict";
import { test } from "node:test";
import { corners, prepare, range, smooth } from "#mt/chart.js";
import { use } from "#mt/load.js";
import { atOrBefore, joined, union, unpack } from "#mt/packed.js";
import { fits } from "#mt/pages/runs.js";
import { ofCategory } from "#mt/space.js";
import * as words from "#mt/words.js";

test("numbers are unpacked as little-endian bytes", () => {
  const b64 = Buffer.from(new Float32Array([1.5, -2, NaN]).buffer).toString("base64");
  assert.deepEqual([...unpack({ b64, dtype: "float32" })], [1.5, -2, NaN]);
  assert.equal(unpack(null).length, 0);
});

test("numbers before the words of an answer are looked at where they lie", () => {
  const words = new TextEncoder().encode('{"name": "dtype", "x": {"at": 8, "count": 2, "dtype": "float64"}, "y": [{"at": 24, "count": 3, "dtype": "float32"}]}');
  const all = new Uint8Array(40 + words.length);
  new DataView(all.buffer).setUint32(0, 40, true);
  new Float64Array(all.buffer, 8, 2).set([1, NaN]);
  new Float32Array(all.buffer, 24, 3).set([0.5, 1, 2]);
  all.set(words, 40);
  const found = joined(all.buffer);
  assert.equal(found.name, "dtype");
  assert.deepEqual([...unpack(found.x)], [1, NaN]);
  assert.deepEqual([...unpack(found.y[0])], [0.5, 1, 2]);
  assert.equal(found.x.buffer, all.buffer);
});

test("the latest at or before a step is found in any sorted list", () => {
  const steps = [0, 5, 5.5, 9, 1000];
  for (const wanted of [-1, 0, 4, 5, 5.2, 9, 999, 1000, 1e9]) {
    assert.equal(atOrBefore(steps, wanted), steps.findLastIndex(step => step <= wanted), `at ${wanted}`);
  }
  assert.equal(atOrBefore([], 3), -1);
});

test("a union is sorted as numbers and has nothing twice", () => {
  assert.deepEqual([...union([[10, 2], [1, 10], []])], [1, 2, 10]);
});

test("smoothing leaves constants, gaps and the first value as they are", () => {
  assert.deepEqual([...smooth(new Float32Array([3, 3, NaN, 3]), 0.9)].map(one => Math.round(one * 1e5) / 1e5), [3, 3, NaN, 3]);
  assert.equal(smooth(new Float32Array([7, 0]), 0.6)[0], 7);
  const found = smooth(new Float32Array([1, 0]), 0.5); // weights 0.25 and 0.5, of 0.75
  assert.ok(Math.abs(found[1] - 1 / 3) < 1e-6);
});

test("numbers are written as people read them", () => {
  const expected = [[0.00012345, "1.23e−4"], [-0.00012345, "−1.23e−4"], [1234567, "1\u202f234\u202f567"], [-0.5, "−0.5"], [NaN, "NaN"], [-Infinity, "−∞"], [null, "–"], [0.1 + 0.2, "0.3"], [2.5e9, "2.50e9"]];
  for (const [value, text] of expected) assert.equal(words.number(value), text);
  assert.equal(words.size(999), "999 B");
  assert.equal(words.size(1500), "1.5 kB");
  assert.equal(words.size(999_999_999), "1.0 GB");
  assert.equal(words.duration(3661), "1 h 1 min");
  assert.equal(words.plural(1, "run"), "1 run");
  assert.equal(words.clock(75.9), "1:15");
  assert.deepEqual(words.flat({ a: { b: 1, c: {} }, d: [2] }), { "a.b": 1, "a.c": {}, d: [2] });
});

test("a run is found by words, values and comparisons", () => {
  const run = { id: "x1", name: "Wide Run", tags: ["night"], notes: "a try", state: "finished", group: "g", config: { lr: 1e-3, model: { width: 64, act: "relu" } }, summary: { loss: 0.25 } };
  for (const text of ["", "wide", "NIGHT", "try", "lr<0.01", "lr<=0.001 loss>0.2", "model.width=64", "model.act=relu", "state=finished group!=h", "config.lr>0 summary.loss<1"]) assert.ok(fits(run, text), text);
  for (const text of ["narrow", "lr>0.01", "none=1", "model.act=tanh", "state=running", "wide lr>1"]) assert.ok(!fits(run, text), text);
});

test("a place in a short sound has tenths", () => {
  assert.equal(words.clock(0.55), "0:00.5");
  assert.equal(words.clock(0, 0.5), "0:00.0");
  assert.equal(words.clock(9.99), "0:09.9");
  assert.equal(words.clock(12.3), "0:12");
  assert.equal(words.clock(3, 75), "0:03");
  assert.equal(words.clock(75), "1:15");
});

test("an axis has room for the areas around its lines", async () => {
  use(null, name => import(name));
  await prepare();
  const bands = [{ high: new Float32Array([1, NaN, 5]), low: new Float32Array([-3, NaN, 0]) }];
  const [low, high] = range(bands, false)(null, 0, 2);
  assert.ok(low <= -3 && high >= 5);
  const [least, greatest] = range([{ high: [2, 1], low: [0.05, 0] }], true)(null, 1, 1);
  assert.ok(least > 0 && least <= 0.05 && greatest >= 2);
  assert.deepEqual(range([], false)(null, null, null), [null, null]);
});

test("an area has the outer of each few neighbours, whatever gaps are between them", () => {
  const [x, none] = [[0, 1, 2, 3, 4, 5, 6], NaN];
  const [high, low] = [[10, 11, none, 5, none, 7, 8], [9, 5, none, 4, none, 0, 3]];
  assert.deepEqual(corners(x, high, low, 2), { x: [0, 3, 6], high: [11, 7, 8], low: [5, 0, 3] });
  assert.deepEqual(corners(x, high, low, 4), { x: [0, 6], high: [11, 8], low: [0, 3] });
  assert.deepEqual(corners(x, x.map(() => none), x, 2), { x: [], high: [], low: [] });
  assert.deepEqual(corners([1], [3], [2], 2), { x: [1], high: [3], low: [2] });
});

test("a huge category has a colour like any other", () => {
  for (const one of [3, -7, 1.3e306, -1.7e308]) assert.ok(ofCategory(one).every(part => part >= 40 && part <= 220), `${one}`);
});
