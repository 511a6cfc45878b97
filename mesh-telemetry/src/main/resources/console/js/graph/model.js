// What the answer of /weft/v1/graph means for a reader: apps, sums per workload, what was seen over the last minutes.

import { short } from '../format.js';

const KEPT = 60;
const MOST = 2000;

// Nodes, edges and apps share one space of names on the canvas; no host or workload has a space in its name.
const edgeId = edge => `edge ${[edge.source, edge.target, edge.service, edge.protocol].join('|')}`;

/** {nodes: Map id → node with its edges and sums, edges: Map id → edge, apps: Map key → [node]} */
export function read(answer) {
  const nodes = new Map(
    answer.nodes.map(node => [
      node.id,
      {
        ...node,
        workload: known(node.workload),
        namespace: known(node.namespace),
        app: known(node.app),
        version: known(node.version),
        in: [],
        out: [],
      },
    ]),
  );
  const edges = new Map();
  for (const edge of answer.edges) {
    const id = edgeId(edge);
    if (!nodes.has(edge.source) || !nodes.has(edge.target)) continue;
    edges.set(id, { ...edge, id, inside: nodes.get(edge.target).kind === 'workload' });
    nodes.get(edge.source).out.push(edges.get(id));
    nodes.get(edge.target).in.push(edges.get(id));
  }
  const apps = new Map();
  for (const node of nodes.values()) {
    Object.assign(node, { rateIn: sum(node.in), rateOut: sum(node.out), errorsIn: errorShare(node.in), errorsOut: errorShare(node.out) });
    const app = node.kind === 'workload' && node.app ? `app ${node.namespace}/${node.app}` : `alone ${node.id}`;
    apps.set(
      app,
      [...(apps.get(app) ?? []), node].sort((a, b) => a.version.localeCompare(b.version) || a.id.localeCompare(b.id)),
    );
  }
  for (const members of apps.values()) members.forEach(node => (node.siblings = members.length));
  return { window: answer.window, nodes, edges, apps };
}

/** Istio's word for a label that nobody set. */
const known = label => (label && label !== 'unknown' ? label : '');

const sum = edges => edges.reduce((total, edge) => total + edge.rate, 0);

function errorShare(edges) {
  const rate = sum(edges);
  return rate > 0 ? edges.reduce((total, edge) => total + edge.rate * edge.errorShare, 0) / rate : 0;
}

/** How a node is called: a version inside its app's box, else the app. Who has no proxy has no workload, only a host or nothing. */
export function label(node) {
  if (node.id === 'unknown')
    return node.in.length
      ? node.out.length
        ? 'unidentified'
        : 'no route'
      : node.out.some(edge => edge.inside)
        ? 'unidentified'
        : 'outside';
  if (!node.workload) return short(node.id);
  if (node.siblings > 1) return node.version || node.workload;
  return node.kind === 'workload' ? node.app || node.workload : node.workload;
}

/** The icon of a node: who is called without a workload behind is nobody. */
export const face = node => (node.kind === 'unknown' && node.in.length ? 'alert' : node.kind);

/** How it is called where its box is not seen. */
export const fullName = node => (node.kind === 'workload' && node.siblings > 1 ? node.workload : label(node));

/** The last rates of each node and edge, for the little charts. */
export class History {
  #rows = new Map();

  add(graph) {
    for (const node of graph.nodes.values()) this.#push(node.id, node.in.length ? node.rateIn : node.rateOut);
    for (const edge of graph.edges.values()) this.#push(edge.id, edge.rate);
    while (this.#rows.size > MOST) this.#rows.delete(this.#rows.keys().next().value);
  }

  of(id) {
    return this.#rows.get(id) ?? [];
  }

  clear() {
    this.#rows.clear();
  }

  #push(id, value) {
    const row = this.#rows.get(id) ?? [];
    row.push(value);
    if (row.length > KEPT) row.shift();
    this.#rows.set(id, row);
  }
}
