// The live service graph.
import { get } from '../api.js';
import { command, empty, fill, h, icon, options, segments } from '../dom.js';
import { errorTone, plural, rate, share } from '../format.js';
import { poll } from '../poll.js';
import { note } from '../route.js';
import { GraphCanvas } from './canvas.js';
import { History, read } from './model.js';
import { panel } from './panel.js';

const EVERY = 3000;
const PANEL = 360; // px that the details take of a wide screen
const WINDOWS = [
  ['15s', '15 s'],
  ['60s', '1 min'],
  ['5m', '5 min'],
];

export function graphView(place, route) {
  const filters = { namespace: '', window: '60s', ...route.filters };
  const history = new History();
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const namespaces = new Set();
  let moving = !still.matches;
  let graph = null;
  let chosen = filters.node ? ['node', filters.node] : filters.edge ? ['edge', filters.edge] : null;

  const namespace = h('select.select', { 'aria-label': 'Namespace', onchange: () => change({ namespace: namespace.value }) });
  options(namespace, [filters.namespace], 'all namespaces');
  namespace.value = filters.namespace;
  const sums = h('div.sums', { 'aria-live': 'off' });
  const stage = h('div.graph');
  const message = h('div.graph-message', null, h('div.loading', null, 'Asking…'));
  const side = h('aside.panel', { 'aria-label': 'Details', hidden: true });
  const flow = h(
    'button.icon-button',
    { type: 'button', title: 'Show traffic', 'aria-label': 'Show traffic', 'aria-pressed': String(moving), onclick: () => move(!moving) },
    icon('flow'),
  );

  place.append(
    h(
      'div.toolbar',
      null,
      namespace,
      segments('Window', WINDOWS, filters.window, window => change({ window })),
      sums,
    ),
    h(
      'div.graph-place',
      null,
      stage,
      message,
      h(
        'div.graph-tools',
        null,
        h('button.icon-button', { type: 'button', title: 'Zoom in', 'aria-label': 'Zoom in', onclick: () => canvas.zoomBy(1.25) }, '+'),
        h('button.icon-button', { type: 'button', title: 'Zoom out', 'aria-label': 'Zoom out', onclick: () => canvas.zoomBy(0.8) }, '−'),
        h(
          'button.icon-button',
          { type: 'button', title: 'Fit into view', 'aria-label': 'Fit into view', onclick: () => canvas.fit(true, true) },
          icon('fit'),
        ),
        h(
          'button.icon-button',
          { type: 'button', title: 'Arrange again', 'aria-label': 'Arrange again', onclick: () => graph && canvas.tidy() },
          icon('tidy'),
        ),
        flow,
      ),
      legend(),
      side,
    ),
  );

  const canvas = new GraphCanvas(stage, (kind, id) => choose(kind, id));
  move(moving);

  const asking = poll(
    async signal => {
      const answer = await get('graph', { window: filters.window, namespace: filters.namespace }, signal);
      graph = read(answer);
      history.add(graph);
      graph.nodes.forEach(node => node.namespace && namespaces.add(node.namespace));
      options(namespace, [...namespaces].sort(), 'all namespaces');
      show();
    },
    EVERY,
    problem => {
      if (!graph) fill(message, empty('alert', 'The graph is not there', h('p', null, problem.message)));
      message.hidden = graph !== null;
    },
  );

  function show() {
    const quiet = graph.nodes.size === 0;
    message.hidden = !quiet;
    if (quiet) fill(message, nothing(filters));
    canvas.show(graph);
    const edges = [...graph.edges.values()];
    const total = edges.reduce((sum, edge) => sum + edge.rate, 0);
    const errors = total ? edges.reduce((sum, edge) => sum + edge.rate * edge.errorShare, 0) / total : 0;
    fill(
      sums,
      h('span', null, plural(graph.nodes.size, 'node')),
      h('span', { title: 'Requests between all of them, each hop counted' }, `${rate(total)} over ${plural(graph.edges.size, 'edge')}`),
      h('span', { class: errorTone(errors) }, `${share(errors)} errors`),
    );
    details();
  }

  function change(values) {
    Object.assign(filters, values);
    history.clear();
    remember();
    asking.now();
  }

  function choose(kind, id) {
    chosen = kind ? [kind, id] : null;
    canvas.mark(chosen?.[1] ?? null);
    remember();
    details();
  }

  function details() {
    canvas.reserve(chosen && side.clientWidth < stage.clientWidth / 2 ? PANEL : 0);
    const content = chosen && graph ? panel(graph, chosen[0], chosen[1], history, choose) : null;
    side.hidden = !chosen;
    canvas.mark(content ? chosen[1] : null);
    if (!chosen) return;
    const close = h(
      'button.icon-button.bare.panel-close',
      { type: 'button', title: 'Close', 'aria-label': 'Close details', onclick: () => choose() },
      icon('close'),
    );
    keepingFocus(side, () => fill(side, close, content ?? h('p.quiet', null, 'No traffic there in this window.')));
  }

  function move(on) {
    moving = on;
    flow.setAttribute('aria-pressed', String(on));
    canvas.moving(on);
  }

  function remember() {
    note({
      namespace: filters.namespace,
      window: filters.window === '60s' ? '' : filters.window,
      [chosen?.[0] ?? 'node']: chosen?.[1] ?? '',
    });
  }

  const escape = event => event.key === 'Escape' && chosen && choose();
  document.addEventListener('keydown', escape);
  return () => {
    document.removeEventListener('keydown', escape);
    asking.stop();
    canvas.close();
  };
}

/** Redraws without taking the focus away from the button of the same place. */
function keepingFocus(element, redraw) {
  const focusable = () => [...element.querySelectorAll('a, button')];
  const at = focusable().indexOf(document.activeElement);
  const top = element.scrollTop;
  redraw();
  element.scrollTop = top;
  if (at >= 0) focusable()[at]?.focus();
}

function nothing(filters) {
  const where = filters.namespace ? ` in namespace ${filters.namespace}` : '';
  return empty(
    'flow',
    `No traffic${where} yet`,
    h('p', null, 'The graph draws itself from requests that pass the sidecars and gateways. Send one through the ingress gateway:'),
    command('curl -i http://localhost:8080/productpage'),
    h('p', null, 'or a steady stream:'),
    command('while sleep 0.2; do curl -s -o /dev/null localhost:8080/productpage; done'),
  );
}

const legend = () =>
  h(
    'div.legend',
    { 'aria-hidden': 'true' },
    h('span', null, icon('lock'), 'mutual TLS'),
    h('span.plain', null, icon('open'), 'plaintext'),
    h('span', null, h('i.line.warn'), 'some errors'),
    h('span', null, h('i.line.bad'), '5 % and more'),
  );
