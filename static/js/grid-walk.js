// Where an arrow leads in a grid whose rows hold different numbers of cards. Pure: boxes in, index out.

const ROW_TOLERANCE_PX = 8;

/**
 * @param {string} key a KeyboardEvent.key
 * @param {number} at index of the focused card
 * @param {{left: number, top: number, width: number}[]} boxes in document order
 * @returns {number} index to go to; `at` itself where there is nowhere to go, -1 for a key that does not walk
 */
export function walk(key, at, boxes) {
  const last = boxes.length - 1;
  if (key === "ArrowLeft") return Math.max(0, at - 1);
  if (key === "ArrowRight") return Math.min(last, at + 1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "ArrowUp") return toRow(at, boxes, -1);
  if (key === "ArrowDown") return toRow(at, boxes, 1);
  return -1;
}

function toRow(at, boxes, direction) {
  const here = boxes[at];
  const centre = (box) => box.left + box.width / 2;
  let row = null;
  let best = at;
  for (let i = at + direction; i >= 0 && i < boxes.length; i += direction) {
    const box = boxes[i];
    if (Math.abs(box.top - here.top) <= ROW_TOLERANCE_PX) continue;
    if (row === null) row = box.top;
    if (Math.abs(box.top - row) > ROW_TOLERANCE_PX) break;
    const nearer = best === at || Math.abs(centre(box) - centre(here)) < Math.abs(centre(boxes[best]) - centre(here));
    if (nearer) best = i;
  }
  return best;
}
