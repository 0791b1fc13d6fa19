// Tables: what is found, in which order, and how a file that goes on begins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Rows, beginning } from "#mt/sheet.js";

const file = (columns, data) => JSON.stringify({ columns, types: columns.map(() => "mixed"), data });

test("rows are found by any cell, sorted, and cut", () => {
  const rows = new Rows([["b10", 1], ["b9", null], ["a", { $f: "nan" }], ["B1", -2]]);
  const wish = { text: "", order: null, first: 0, last: 9 };
  const names = more => rows.cut({ ...wish, ...more }).rows.map(row => row[0]);
  assert.deepEqual(names({}), ["b10", "b9", "a", "B1"]);
  assert.deepEqual(names({ first: 1, last: 3 }), ["b9", "a"]);
  assert.deepEqual(names({ text: "B" }), ["b10", "b9", "B1"]);
  assert.deepEqual(names({ order: { at: 0, down: false } }), ["a", "B1", "b9", "b10"]);
  assert.deepEqual(names({ order: { at: 1, down: false } }).slice(0, 2), ["B1", "b10"]);
  assert.equal(rows.cut({ ...wish, text: "b1" }).count, 2);
  assert.equal(rows.cut({ ...wish, text: "nan" }).count, 1);
});

test("integers that no double holds are sorted as numbers", () => {
  const rows = new Rows([[{ $i: "9007199254740993" }], [5]]);
  assert.equal(rows.cut({ text: "", order: { at: 0, down: false }, first: 0, last: 1 }).rows[0][0], 5);
});

test("wherever a file is cut off, its whole rows are there", () => {
  const columns = ["a", ',"data":[', "c\\"];
  const data = [[1, "x]\"[,", null], [{ $t: "image", caption: "}]" }, [["deep"]], "\\"], ["ä", true, ""], [2, 3, 4]];
  const text = file(columns, data);
  const seen = new Set();
  for (let end = text.indexOf(',"data":[') + 9; end <= text.length; end++) {
    const found = beginning(text.slice(0, end));
    assert.deepEqual(found.columns, columns);
    assert.deepEqual(found.data, data.slice(0, found.data.length));
    seen.add(found.data.length);
  }
  assert.deepEqual([...seen], [0, 1, 2, 3, 4]);
  assert.equal(beginning(text.slice(0, 20)), null);
  assert.deepEqual(beginning(file([], [])).data, []);
});
