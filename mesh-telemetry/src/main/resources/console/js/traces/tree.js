// Spans as the tree they are, whatever is missing of it.

/** Rows in reading order: {span, depth, children: n, parent: row|null}. A span whose parent did not come stands at the top. */
export function rows(spans) {
  const ids = new Set(spans.map(span => span.spanId));
  const children = new Map();
  const tops = [];
  for (const span of spans) {
    const parent = span.parentId !== null && span.parentId !== span.spanId && ids.has(span.parentId) ? span.parentId : null;
    if (parent === null) tops.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const byTime = list => [...list].sort((a, b) => a.offset - b.offset);
  const out = [];
  const seen = new Set();
  const stack = byTime(tops)
    .reverse()
    .map(span => ({ span, depth: 0, parent: null }));
  const drain = () => {
    while (stack.length) {
      const { span, depth, parent } = stack.pop();
      if (seen.has(span)) continue;
      seen.add(span);
      const below = children.get(span.spanId) ?? [];
      const row = { span, depth, parent, children: below.length };
      out.push(row);
      for (const child of byTime(below).reverse()) stack.push({ span: child, depth: depth + 1, parent: row });
    }
  };
  drain();
  // Spans that claim each other as parents hang on no top: each such ring is opened where it begins in time.
  for (const span of byTime(spans)) {
    if (seen.has(span)) continue;
    stack.push({ span, depth: 0, parent: null });
    drain();
  }
  return out;
}

/** Round steps for an axis of this length: at most `most` of them. */
export function ticks(length, most = 6) {
  const raw = length / most;
  const power = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= raw) ?? raw;
  const out = [];
  for (let at = 0; at < length * 0.999 && out.length < 20; at += step) out.push(at);
  return out;
}
