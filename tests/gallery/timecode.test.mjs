import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, clockExact, frameAt, SPEEDS, speedAfter, tileAt, timeOf } from "../../static/js/timecode.js";

test("a clock shows the seconds that have passed", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(59.999), "0:59");
  assert.equal(clock(60), "1:00");
  assert.equal(clock(754), "12:34");
  assert.equal(clockExact(5.119), "0:05.12");
  assert.equal(clockExact(59.999), "1:00.00");
});

test("every frame is found again from the middle of its own time", () => {
  for (const fps of [23.976, 24, 25, 29.97, 30, 60]) {
    for (let frame = 0; frame < 400; frame += 1) assert.equal(frameAt(timeOf(frame, fps), fps, 400), frame);
  }
});

test("every frame is found from the time browsers tell for it, rounded to microseconds", () => {
  for (const fps of [23.976, 24, 29.97, 30, 60]) {
    for (let frame = 0; frame < 400; frame += 1) {
      assert.equal(frameAt(Math.floor((frame / fps) * 1e6) / 1e6, fps, 400), frame);
    }
  }
});

test("no time lies before the first or after the last frame", () => {
  assert.equal(frameAt(-1, 24, 120), 0);
  assert.equal(frameAt(99, 24, 120), 119);
  assert.equal(frameAt(0, 24, 0), 0);
});

test("tiles are spread evenly over the length", () => {
  assert.equal(tileAt(0, 5, 20), 0);
  assert.equal(tileAt(2.5, 5, 20), 10);
  assert.equal(tileAt(5, 5, 20), 19);
  assert.equal(tileAt(1, 0, 20), 0);
});

test("speed goes one step at a time and stops at the ends", () => {
  assert.equal(speedAfter(1, 1), 1.25);
  assert.equal(speedAfter(1, -1), 0.75);
  assert.equal(speedAfter(2, 1), 2);
  assert.equal(speedAfter(0.25, -1), 0.25);
  assert.ok(SPEEDS.includes(1));
});
