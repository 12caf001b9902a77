import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "../../static/js/grid-walk.js";

// Two rows: three cards above, two wider ones below, one alone at the end.
const box = (left, top, width) => ({ left, top, width });
const boxes = [box(0, 0, 100), box(110, 0, 100), box(220, 0, 100), box(0, 200, 155), box(165, 200, 155), box(0, 400, 100)];

test("left and right follow the order and stop at the ends", () => {
  assert.equal(walk("ArrowRight", 2, boxes), 3);
  assert.equal(walk("ArrowLeft", 3, boxes), 2);
  assert.equal(walk("ArrowLeft", 0, boxes), 0);
  assert.equal(walk("ArrowRight", 5, boxes), 5);
});

test("down and up go to the card that lies nearest in the next row", () => {
  assert.equal(walk("ArrowDown", 0, boxes), 3);
  assert.equal(walk("ArrowDown", 2, boxes), 4);
  assert.equal(walk("ArrowUp", 4, boxes), 2);
  assert.equal(walk("ArrowUp", 3, boxes), 0);
  assert.equal(walk("ArrowDown", 4, boxes), 5);
});

test("there is nothing above the first row and below the last", () => {
  assert.equal(walk("ArrowUp", 1, boxes), 1);
  assert.equal(walk("ArrowDown", 5, boxes), 5);
});

test("Home and End reach the first and the last card", () => {
  assert.equal(walk("Home", 4, boxes), 0);
  assert.equal(walk("End", 0, boxes), 5);
});

test("other keys do not walk", () => {
  for (const key of ["a", "Enter", "PageDown", "Tab"]) assert.equal(walk(key, 0, boxes), -1);
});
