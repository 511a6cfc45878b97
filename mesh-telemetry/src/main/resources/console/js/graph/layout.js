// Places the graph in columns, callers left of the called, with as few crossings as a few sweeps find.
// The same graph always comes out the same, so a refresh never shuffles it.

export const CARD = { width: 184, height: 48 };
const PASSES = 24;
const GAP = { x: 140, y: 30, member: 14, group: 18 };

/**
 * @param units [{id, members: [node ids, top to bottom]}] what moves as one: a workload, or an app with its versions
 * @param edges [[source unit id, target unit id]]
 * @returns Map of node id to {x, y}, the middle of its card
 */
export function layout(units, edges) {
  const sorted = [...units].sort((a, b) => a.id.localeCompare(b.id));
  const next = neighbours(sorted, edges);
  const back = backEdges(sorted, next, edges);
  const forward = edges.filter(([s, t]) => s !== t && !back.has(key(s, t)));
  const columns = order(rank(sorted, forward), forward);
  return positions(columns, forward);
}

const key = (s, t) => `${s}\n${t}`;
const heightOf = unit =>
  unit.members.length * CARD.height + (unit.members.length - 1) * GAP.member + (unit.members.length > 1 ? 2 * GAP.group : 0);

function neighbours(units, edges) {
  const next = new Map(units.map(unit => [unit.id, []]));
  for (const [s, t] of edges) if (s !== t) next.get(s).push(t);
  next.forEach(targets => targets.sort());
  return next;
}

/** Edges that close a cycle; they are drawn, but do not count for the columns. */
function backEdges(units, next, edges) {
  const called = new Set(edges.filter(([s, t]) => s !== t).map(([, t]) => t));
  const starts = [...units].sort((a, b) => called.has(a.id) - called.has(b.id));
  const state = new Map();
  const back = new Set();
  for (const start of starts) {
    if (state.has(start.id)) continue;
    state.set(start.id, 'open');
    const stack = [[start.id, 0]];
    while (stack.length) {
      const top = stack.at(-1);
      const target = next.get(top[0])[top[1]++];
      if (target === undefined) {
        state.set(top[0], 'done');
        stack.pop();
      } else if (state.get(target) === 'open') {
        back.add(key(top[0], target));
      } else if (!state.has(target)) {
        state.set(target, 'open');
        stack.push([target, 0]);
      }
    }
  }
  return back;
}

/** Column of each unit: the longest way to it. Who talks to nobody comes last, below the rest. */
function rank(units, edges) {
  const ranks = new Map(units.map(unit => [unit.id, 0]));
  const waiting = new Map(units.map(unit => [unit.id, 0]));
  const out = new Map(units.map(unit => [unit.id, []]));
  for (const [s, t] of new Map(edges.map(e => [key(...e), e])).values()) {
    waiting.set(t, waiting.get(t) + 1);
    out.get(s).push(t);
  }
  const ready = units.filter(unit => waiting.get(unit.id) === 0).map(unit => unit.id);
  while (ready.length) {
    const s = ready.shift();
    for (const t of out.get(s)) {
      ranks.set(t, Math.max(ranks.get(t), ranks.get(s) + 1));
      waiting.set(t, waiting.get(t) - 1);
      if (waiting.get(t) === 0) ready.push(t);
    }
  }
  const columns = [];
  for (const unit of units) (columns[ranks.get(unit.id)] ??= []).push(unit);
  return columns;
}

/** Sweeps right and left; each column is sorted by the mean place of its neighbours in the one before. */
function order(columns, edges) {
  const place = new Map();
  const number = column => column.forEach((unit, i) => place.set(unit.id, (i + 0.5) / column.length));
  columns.forEach(number);
  const mean = (unit, side) => {
    const at = edges.filter(edge => edge[1 - side] === unit.id).map(edge => place.get(edge[side]));
    return at.length ? at.reduce((a, b) => a + b) / at.length : place.get(unit.id);
  };
  for (let sweep = 0; sweep < 6; sweep++) {
    const side = sweep % 2;
    for (const column of side ? [...columns].reverse() : columns) {
      const by = new Map(column.map(unit => [unit, mean(unit, side)]));
      column.sort((a, b) => by.get(a) - by.get(b) || a.id.localeCompare(b.id));
      number(column);
    }
  }
  return columns;
}

function positions(columns, edges) {
  const middle = new Map();
  for (const column of columns) {
    let y = -(column.reduce((sum, unit) => sum + heightOf(unit) + GAP.y, -GAP.y) / 2);
    for (const unit of column) {
      middle.set(unit.id, y + heightOf(unit) / 2);
      y += heightOf(unit) + GAP.y;
    }
  }
  for (let pass = 0; pass < PASSES; pass++) for (const column of pass % 2 ? [...columns].reverse() : columns) settle(column, edges, middle);
  const at = new Map();
  columns.forEach((column, i) => {
    for (const unit of column) {
      const inner = unit.members.length * CARD.height + (unit.members.length - 1) * GAP.member;
      unit.members.forEach((id, row) =>
        at.set(id, {
          x: i * (CARD.width + GAP.x),
          y: middle.get(unit.id) - inner / 2 + CARD.height / 2 + row * (CARD.height + GAP.member),
        }),
      );
    }
  });
  return at;
}

/** Moves a column's units towards the middle of their neighbours, in their order and without touching. */
function settle(column, edges, middle) {
  const wish = unit => {
    const ends = edges.filter(edge => edge.includes(unit.id)).map(([s, t]) => middle.get(s === unit.id ? t : s));
    return ends.length ? ends.reduce((a, b) => a + b) / ends.length : middle.get(unit.id);
  };
  const wishes = column.map(wish);
  const apart = (a, b) => heightOf(a) / 2 + GAP.y + heightOf(b) / 2;
  const down = [];
  column.forEach((unit, i) => down.push(i ? Math.max(wishes[i], down[i - 1] + apart(column[i - 1], unit)) : wishes[i]));
  const up = [];
  for (let i = column.length - 1; i >= 0; i--)
    up[i] = i === column.length - 1 ? wishes[i] : Math.min(wishes[i], up[i + 1] - apart(column[i], column[i + 1]));
  column.forEach((unit, i) => middle.set(unit.id, (down[i] + up[i]) / 2));
}
