// The graph on the screen. Cytoscape knows where things are, draws the lines and takes pan, zoom, drag and clicks;
// cards and labels are elements above it, so that they are real text: selectable by keyboard, read by a screen reader.
import cytoscape from '/console/cytoscape.mjs';
import { fill, h } from '../dom.js';
import { errorTone } from '../format.js';
import { onTheme, token } from '../theme.js';
import { dressCard, dressChip, keep } from './cards.js';
import { bend, goesRight, trace } from './curve.js';
import { Flow } from './flow.js';
import { CARD, layout } from './layout.js';

const FIT = 56;
const MAX_FIT_ZOOM = 1.15;
const NARROW = 700;
const READABLE = 0.55;

export class GraphCanvas {
  #cy;
  #box;
  #layer = h('div.graph-layer');
  #cards = new Map();
  #chips = new Map();
  #titles = new Map();
  #ways = new Map(); // edge id → points along it
  #flow;
  #graph = null;
  #selected = null;
  #select;
  #arranged = new Map(); // node id → where the layout wants it; a node that went and comes back finds its place
  #touched = false; // the reader moved the view: then it is not fitted behind their back
  #dragged = new Set();
  #right = 0;
  #off;

  /** @param select (kind, id) or () when nothing is chosen */
  constructor(place, select) {
    this.#select = select;
    this.#box = h('div.graph-lines');
    const dots = h('canvas.graph-dots', { 'aria-hidden': 'true' });
    place.append(this.#box, dots, this.#layer);
    this.#cy = cytoscape({
      container: this.#box,
      minZoom: 0.05,
      maxZoom: 2.5,
      boxSelectionEnabled: false,
      autounselectify: true,
      style: [],
    });
    this.#flow = new Flow(dots, () => ({ ...this.#cy.pan(), zoom: this.#cy.zoom() }));
    this.#listen();
    this.#restyle();
    this.#off = onTheme(() => this.#restyle());
  }

  close() {
    this.#off();
    this.#flow.stop();
    this.#cy.destroy();
  }

  moving(on) {
    if (on) this.#flow.start();
    else this.#flow.stop();
  }

  show(graph) {
    this.#graph = graph;
    const changed = this.#sync();
    this.#dress();
    if (changed) this.#arrange(false);
    if (changed) this.#trace();
    else this.#lanes();
    this.mark(this.#selected);
  }

  /** Everything where the layout wants it, and the whole of it in view. */
  tidy() {
    this.#dragged.clear();
    this.#touched = false;
    this.#arrange(true);
  }

  /** Keeps so many px at the right free of the graph, as long as the reader has not moved it. */
  reserve(right) {
    if (right === this.#right) return;
    this.#right = right;
    if (!this.#touched && this.#graph) this.fit();
  }

  /** Shows all of it; on a narrow screen, by itself, only as much of its start as can be read. */
  fit(animate = true, whole = false) {
    const cy = this.#cy;
    const width = cy.width() - this.#right;
    const all = cy.elements();
    if (all.empty()) return;
    const margin = width > NARROW ? FIT : FIT / 3;
    const box = all.nodes().boundingBox({ includeLabels: false });
    const zoom = Math.max(
      cy.minZoom(),
      Math.min(MAX_FIT_ZOOM, (width - 2 * margin) / (box.w || 1), (cy.height() - 2 * margin) / (box.h || 1)),
      whole || width > NARROW ? 0 : READABLE,
    );
    const pan = {
      x: zoom * box.w > width ? margin - zoom * box.x1 : width / 2 - (zoom * (box.x1 + box.x2)) / 2,
      y: cy.height() / 2 - (zoom * (box.y1 + box.y2)) / 2,
    };
    if (animate && !reduced()) cy.animate({ zoom, pan }, { duration: 320, easing: 'ease-out' });
    else cy.viewport({ zoom, pan });
  }

  zoomBy(factor) {
    this.#touched = true;
    this.#cy.zoom({ level: this.#cy.zoom() * factor, renderedPosition: { x: this.#cy.width() / 2, y: this.#cy.height() / 2 } });
  }

  /** Highlights a node or an edge with what it talks to. */
  mark(id) {
    if (!id && !this.#selected) return;
    this.#selected = id;
    const cy = this.#cy;
    const chosen = id ? cy.getElementById(id) : cy.collection();
    const near = chosen.empty() ? cy.elements() : chosen.isNode() ? chosen.closedNeighborhood() : chosen.union(chosen.connectedNodes());
    cy.batch(() =>
      cy.elements().forEach(e => {
        e.toggleClass('dim', !near.contains(e) && !e.isParent());
        e.toggleClass('chosen', e.id() === id);
      }),
    );
    const dress = (element, key) => {
      element.classList.toggle('dim', !near.contains(cy.getElementById(key)));
      element.classList.toggle('chosen', key === id);
      element.setAttribute('aria-pressed', String(key === id));
    };
    this.#cards.forEach(dress);
    this.#chips.forEach(dress);
    this.#flow.only(id && !chosen.empty() ? new Set(near.edges().map(edge => edge.id())) : null);
  }

  /** Brings Cytoscape's elements in line with the answer; true when something came or its app's box changed. */
  #sync() {
    const cy = this.#cy;
    const { nodes, edges, apps } = this.#graph;
    let changed = false;
    cy.batch(() => {
      const parents = new Map([...apps].filter(([, members]) => members.length > 1));
      for (const [app] of parents) if (cy.getElementById(app).empty()) cy.add({ group: 'nodes', data: { id: app }, selectable: false });
      for (const [app, members] of apps) {
        const parent = parents.has(app) ? app : null;
        for (const node of members) {
          const there = cy.getElementById(node.id);
          if (there.empty()) {
            cy.add({
              group: 'nodes',
              data: { id: node.id, parent: parent ?? undefined },
              position: this.#arranged.get(node.id) ?? { x: 0, y: 0 },
            });
            changed = true;
          } else if ((there.data('parent') ?? null) !== parent) {
            there.move({ parent });
            changed = true;
          }
        }
      }
      for (const edge of edges.values()) {
        if (cy.getElementById(edge.id).empty()) {
          cy.add({ group: 'edges', data: { id: edge.id, source: edge.source, target: edge.target } });
          changed = true;
        }
        const line = cy.getElementById(edge.id);
        const width = Math.round(10 * (1.4 + Math.min(3.2, Math.log10(1 + edge.rate) * 1.3))) / 10;
        if (line.data('width') !== width || line.data('tone') !== errorTone(edge.errorShare))
          line.data({ tone: errorTone(edge.errorShare), width });
      }
      cy.edges()
        .filter(e => !edges.has(e.id()))
        .remove();
      cy.nodes()
        .filter(n => !nodes.has(n.id()) && !parents.has(n.id()))
        .remove();
    });
    return changed;
  }

  /** Moves what has no place yet (or all) to where the layout wants it. What the reader dragged stays. */
  #arrange(all) {
    const { apps, edges, nodes } = this.#graph;
    const unitOf = new Map([...apps].flatMap(([app, members]) => members.map(node => [node.id, app])));
    const at = layout(
      [...apps].map(([id, members]) => ({ id, members: members.map(node => node.id) })),
      [...edges.values()].map(edge => [unitOf.get(edge.source), unitOf.get(edge.target)]),
    );
    const first = this.#arranged.size === 0;
    const frozen = this.#dragged.size > 0 && !all;
    for (const [id, position] of at) {
      const known = this.#arranged.has(id);
      if (frozen && known) continue;
      this.#arranged.set(id, position);
      const node = this.#cy.getElementById(id);
      if (!known && !first) node.position(position);
      else if (first || reduced()) node.position(position);
      else node.animate({ position }, { duration: 420, easing: 'ease-in-out' });
    }
    for (const id of this.#arranged.keys()) if (!nodes.has(id) && this.#arranged.size > 1000) this.#arranged.delete(id);
    if (!this.#touched) {
      if (first) this.fit(false);
      else setTimeout(() => this.#cy.destroyed() || this.#touched || this.fit(), reduced() ? 0 : 440);
    }
  }

  /** Cards, labels and titles for what is there now. */
  #dress() {
    const { nodes, edges, apps } = this.#graph;
    const namespaces = new Set([...nodes.values()].filter(node => node.kind === 'workload').map(node => node.namespace));
    keep(
      this.#cards,
      nodes,
      node => this.#layer.appendChild(h('div.node', { role: 'button', tabindex: '0', onkeydown: this.#key('node', node.id) })),
      (card, node) => dressCard(card, node, namespaces.size > 1 && node.siblings === 1),
    );
    keep(
      this.#chips,
      edges,
      edge => this.#layer.appendChild(h('div.edge', { role: 'button', tabindex: '0', onkeydown: this.#key('edge', edge.id) })),
      (chip, edge) => dressChip(chip, edge, nodes),
    );
    const groups = new Map([...apps].filter(([, members]) => members.length > 1));
    keep(
      this.#titles,
      groups,
      () => this.#layer.appendChild(h('div.app')),
      (title, members) => fill(title, members[0].app, namespaces.size > 1 ? h('span.faint', null, `.${members[0].namespace}`) : null),
    );
  }

  #key(kind, id) {
    return event => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.#select(kind, id);
    };
  }

  #place() {
    const cy = this.#cy;
    const put = (element, { x, y }) => element.style.setProperty('transform', `translate(${x}px, ${y}px) translate(-50%, -50%)`);
    this.#cards.forEach((card, id) => put(card, cy.getElementById(id).position()));
    this.#titles.forEach((title, id) => {
      const box = cy.getElementById(id).boundingBox({ includeLabels: false });
      put(title, { x: (box.x1 + box.x2) / 2, y: box.y1 + 1 });
    });
    this.#chips.forEach((chip, id) => {
      const way = this.#ways.get(id);
      if (way) put(chip, way[Math.round((way.length - 1) * this.#lean(id))]);
    });
  }

  /** Where on its edge a label stands: at the end where the edge has less company. */
  #lean(id) {
    const { source, target } = this.#graph.edges.get(id);
    const [leaving, arriving] = [this.#graph.nodes.get(source).out.length, this.#graph.nodes.get(target).in.length];
    return leaving > arriving ? 0.64 : arriving > leaving ? 0.36 : 0.5;
  }

  /** Bends the edges for where their ends are, and tells the dots. */
  #trace() {
    const cy = this.#cy;
    cy.batch(() =>
      cy.edges().forEach(edge => {
        const [from, to] = [edge.source().position(), edge.target().position()];
        const { weights, distances } = bend(from, to);
        edge.data({ weights, distances });
        edge.toggleClass('right', goesRight(from, to));
      }),
    );
    this.#ways.clear();
    cy.edges().forEach(edge => {
      const [start, end] = [edge.sourceEndpoint(), edge.targetEndpoint()];
      if (start && end && Number.isFinite(start.x)) this.#ways.set(edge.id(), trace(start, edge.controlPoints() ?? [], end));
    });
    this.#place();
    this.#lanes();
  }

  #lanes() {
    const { edges } = this.#graph;
    this.#flow.lanes(
      [...this.#ways]
        .filter(([id]) => edges.has(id))
        .map(([id, points]) => ({ id, points, rate: edges.get(id).rate, errors: edges.get(id).errorShare })),
    );
  }

  #listen() {
    const cy = this.#cy;
    const view = () => {
      const { x, y } = cy.pan();
      this.#layer.style.setProperty('transform', `translate(${x}px, ${y}px) scale(${cy.zoom()})`);
      this.#layer.classList.toggle('far', cy.zoom() < 0.5);
    };
    cy.on('viewport', view);
    view();
    let due = false;
    cy.on('position', 'node', () => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => {
        due = false;
        if (!cy.destroyed()) this.#trace();
      });
    });
    cy.on('dragfree', 'node', event => {
      event.target
        .descendants()
        .union(event.target)
        .forEach(node => {
          this.#dragged.add(node.id());
          this.#arranged.set(node.id(), { ...node.position() });
        });
    });
    // Events a hand made; the fit's own animation makes none of these.
    cy.on('dragpan scrollzoom pinchzoom drag', () => (this.#touched = true));
    cy.on('tap', event => {
      if (event.target === cy || event.target.isParent?.()) this.#select();
      else this.#select(event.target.isNode() ? 'node' : 'edge', event.target.id());
    });
    cy.on('mouseover mouseout', 'node, edge', event => {
      const on = event.type === 'mouseover';
      event.target.toggleClass('hover', on);
      if (event.target.isNode()) event.target.connectedEdges().toggleClass('hover', on);
      (this.#cards.get(event.target.id()) ?? this.#chips.get(event.target.id()))?.classList.toggle('hover', on);
      this.#box.classList.toggle('pointing', on && !event.target.isParent());
    });
    cy.on('resize', () => this.#touched || this.#graph === null || this.fit(false));
  }

  #restyle() {
    const tone = { ok: token('--edge'), warn: token('--warn'), bad: token('--bad') };
    this.#flow.colours({ good: token('--accent'), bad: token('--bad') });
    this.#cy.style([
      { selector: 'core', style: { 'active-bg-opacity': 0 } },
      {
        selector: 'node',
        style: {
          shape: 'round-rectangle',
          width: CARD.width,
          height: CARD.height,
          'background-opacity': 0,
          'border-width': 0,
          'overlay-opacity': 0,
        },
      },
      {
        selector: ':parent',
        style: {
          'background-opacity': 0.55,
          'background-color': token('--surface'),
          'border-width': 1,
          'border-color': token('--line'),
          padding: 18,
          'corner-radius': 14,
        },
      },
      {
        selector: 'edge',
        style: {
          width: 'data(width)',
          'line-color': edge => tone[edge.data('tone')],
          'target-arrow-color': edge => tone[edge.data('tone')],
          'target-arrow-shape': 'triangle',
          'arrow-scale': 0.85,
          'overlay-opacity': 0,
          'curve-style': 'unbundled-bezier',
          'edge-distances': 'node-position',
          'control-point-weights': edge => edge.data('weights') ?? [0.5],
          'control-point-distances': edge => edge.data('distances') ?? [0],
        },
      },
      { selector: 'edge.right', style: { 'source-endpoint': '50% 0%', 'target-endpoint': '-50% 0%' } },
      {
        selector: 'edge.hover, edge.chosen',
        style: { 'line-color': token('--accent'), 'target-arrow-color': token('--accent'), 'z-index': 9 },
      },
      { selector: '.dim', style: { opacity: 0.22 } },
    ]);
  }
}

const reduced = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
