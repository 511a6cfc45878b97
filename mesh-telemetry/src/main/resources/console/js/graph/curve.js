// The way an edge takes between two cards, in the terms Cytoscape draws it by and as points that dots travel along.
import { CARD } from './layout.js';

// How far the S runs level at both ends; beyond a half it would turn back.
const LEAN = 0.4;

/** Whether it goes from a column to one further right: then it leaves at the right and arrives at the left. */
export const goesRight = (from, to) => to.x - from.x > CARD.width * 1.1;

/**
 * Control points of an S that leaves and arrives level, as Cytoscape wants them: a share of the straight line between the
 * two middles, and a distance from it.
 */
export function bend(from, to) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const square = dx * dx + dy * dy || 1;
  const length = Math.sqrt(square);
  const at = (x, y) => ({ weight: (x * dx + y * dy) / square, distance: (-x * dy + y * dx) / length });
  if (goesRight(from, to)) {
    const [a, b] = [at(dx * LEAN, 0), at(dx * (1 - LEAN), dy)];
    return { weights: [a.weight, b.weight], distances: [a.distance, b.distance] };
  }
  // Down a column or back to an earlier one: a wide arc, out of the way of the others.
  return { weights: [0.5], distances: [Math.max(70, Math.min(160, length / 3))] };
}

/** Points along the curve that Cytoscape drew: quadratic pieces that join between the control points. */
export function trace(start, controls, end) {
  const points = [start];
  let from = start;
  controls.forEach((control, i) => {
    const following = controls[i + 1];
    const to = following ? { x: (control.x + following.x) / 2, y: (control.y + following.y) / 2 } : end;
    for (let step = 1; step <= 10; step++) {
      const t = step / 10;
      const u = 1 - t;
      points.push({ x: u * u * from.x + 2 * u * t * control.x + t * t * to.x, y: u * u * from.y + 2 * u * t * control.y + t * t * to.y });
    }
    from = to;
  });
  if (!controls.length) points.push(end);
  return points;
}
