// A colour for each service, by its name: the same on every page.

const HUES = 10;
const taken = new Map();

function hash(text) {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}

/** A CSS value. Its name decides; two that meet on a page move apart as long as there are colours. */
export function hue(service) {
  let index = taken.get(service);
  if (index === undefined) {
    const used = new Set(taken.values());
    index = hash(service) % HUES;
    for (let i = 0; i < HUES && used.has(index); i++) index = (index + 1) % HUES;
    taken.set(service, index);
    // Names come from the wire; a stranger who invents them must not fill the memory.
    if (taken.size > 500) taken.delete(taken.keys().next().value);
  }
  return `var(--h${index})`;
}
