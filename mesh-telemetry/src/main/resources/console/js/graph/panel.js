// What is known of the node or edge that was chosen.
import { h, icon, svgElement } from '../dom.js';
import { duration, errorTone, rate, share, statusTone } from '../format.js';
import { link } from '../route.js';
import { face, fullName } from './model.js';

/** Elements for the panel, or null when it is not there any more. */
export function panel(graph, kind, id, history, choose) {
  const about = kind === 'edge' ? graph.edges.get(id) : graph.nodes.get(id);
  if (!about) return null;
  return kind === 'edge' ? edgePanel(graph, about, history, choose) : nodePanel(graph, about, history, choose);
}

const called = node => node.in.length > 0;

function nodePanel(graph, node, history, choose) {
  const kinds = { external: 'outside the mesh', unknown: called(node) ? 'nobody to send it to' : 'not identified' };
  return [
    h('div.panel-head', null, icon(face(node)), h('h2.cut', { title: node.id }, fullName(node))),
    h(
      'div.panel-chips',
      null,
      node.version ? h('span.chip.accent', null, node.version) : null,
      node.namespace ? h('span.chip', null, node.namespace) : null,
      h('span.chip', null, kinds[node.kind] ?? node.kind),
    ),
    figures([
      [called(node) ? 'requests in' : 'requests out', rate(called(node) ? node.rateIn : node.rateOut)],
      ['errors', share(called(node) ? node.errorsIn : node.errorsOut), errorTone(called(node) ? node.errorsIn : node.errorsOut)],
      called(node) && node.out.length ? ['requests out', rate(node.rateOut)] : null,
    ]),
    sparkline(history.of(node.id)),
    ends('Called by', node.in, edge => graph.nodes.get(edge.source), choose),
    ends('Calls', node.out, edge => graph.nodes.get(edge.target), choose),
    node.id === 'unknown'
      ? null
      : h(
          'div.links',
          null,
          h(
            'a.button',
            {
              href: link(
                'log',
                called(node) && node.kind !== 'gateway' ? { destination: node.workload || node.id } : { source: node.workload },
              ),
            },
            'Log',
          ),
          !node.workload
            ? null
            : h('a.button', { href: link('traces', { service: `${node.app || node.workload}.${node.namespace}` }) }, 'Traces'),
        ),
  ];
}

function edgePanel(graph, edge, history, choose) {
  const [from, to] = [graph.nodes.get(edge.source), graph.nodes.get(edge.target)];
  const codes = Object.entries(edge.codes ?? {}).sort(([a], [b]) => a.localeCompare(b));
  const all = codes.reduce((sum, [, value]) => sum + value, 0) || 1;
  return [
    h(
      'div.panel-head.panel-way',
      null,
      h('button.plain-link', { type: 'button', onclick: () => choose('node', from.id) }, fullName(from)),
      icon('arrow'),
      h('button.plain-link', { type: 'button', onclick: () => choose('node', to.id) }, fullName(to)),
    ),
    h(
      'div.panel-chips',
      null,
      h('span.chip', null, edge.protocol),
      edge.mtls === true
        ? h('span.chip.ok', null, icon('lock'), 'mutual TLS')
        : edge.mtls === false
          ? h('span.chip.warn', null, icon('open'), 'plaintext')
          : h('span.chip', null, 'encryption unknown'),
    ),
    h('p.panel-service.mono', { title: 'The service that was asked for' }, edge.service),
    figures([
      ['rate', rate(edge.rate)],
      ['errors', share(edge.errorShare), errorTone(edge.errorShare)],
    ]),
    sparkline(history.of(edge.id)),
    Number.isFinite(edge.p50) ? quantiles(edge) : null,
    codes.length
      ? h(
          'section',
          null,
          h('h3', null, 'Answers'),
          h(
            'div.codes',
            null,
            codes.map(([code, value]) => [
              h('span.mono', { class: statusTone(Number(code)) }, code === '0' ? 'none' : code),
              h(
                'span.code-bar',
                null,
                h('span', { class: statusTone(Number(code)), style: { width: `${Math.max(1, (100 * value) / all)}%` } }),
              ),
              h('span.num', null, rate(value)),
              h('span.num.faint', null, share(value / all)),
            ]),
          ),
        )
      : null,
    h('div.links', null, h('a.button', { href: link('log', lines(edge, from, to)) }, 'Log')),
  ];
}

/** The log's lines of an edge: the caller writes the service's name, not the workload's; a gateway's caller writes none. */
const lines = (edge, from, to) =>
  from.kind !== 'unknown'
    ? { source: from.workload, destination: edge.service }
    : to.kind === 'gateway'
      ? { source: to.workload }
      : { destination: to.workload || to.id };

const figures = rows =>
  h(
    'div.figures',
    null,
    rows
      .filter(Boolean)
      .map(([name, value, tone]) =>
        h('div', null, h('div.figure', { class: tone && tone !== 'ok' ? tone : '' }, value), h('div.faint', null, name)),
      ),
  );

function quantiles(edge) {
  const longest = Math.max(edge.p99, 0.001);
  return h(
    'section',
    null,
    h('h3', null, 'Latency'),
    h(
      'div.quantiles',
      null,
      [
        ['p50', edge.p50],
        ['p90', edge.p90],
        ['p99', edge.p99],
      ].map(([name, value]) => [
        h('span.faint', null, name),
        h('span.code-bar', null, h('span.accent', { style: { width: `${Math.max(1, (100 * value) / longest)}%` } })),
        h('span.num', null, duration(value)),
      ]),
    ),
  );
}

function ends(title, edges, other, choose) {
  if (!edges.length) return null;
  return h(
    'section',
    null,
    h('h3', null, title),
    h(
      'div.ends',
      null,
      [...edges]
        .sort((a, b) => b.rate - a.rate)
        .map(edge =>
          h(
            'button.end-row',
            { type: 'button', onclick: () => choose('edge', edge.id) },
            edge.mtls === true ? icon('lock') : edge.mtls === false ? icon('open') : icon('arrow'),
            h('span.cut', null, fullName(other(edge))),
            edge.errorShare > 0 ? h('span', { class: errorTone(edge.errorShare) }, share(edge.errorShare)) : h('span'),
            h('span.num', null, rate(edge.rate)),
            h(
              'span.num.faint',
              { title: 'median, 99th percentile' },
              Number.isFinite(edge.p50) ? `${duration(edge.p50)} · ${duration(edge.p99)}` : '',
            ),
          ),
        ),
    ),
  );
}

/** The last rates as a line. */
function sparkline(values) {
  if (values.length < 3) return h('div.spark');
  const top = Math.max(...values, 0.001) * 1.1;
  const points = values.map((value, i) => `${((i / (values.length - 1)) * 300).toFixed(1)},${(40 - (value / top) * 38).toFixed(1)}`);
  return h(
    'div.spark',
    { title: 'Requests a second since this page was opened, the last minutes' },
    svgElement(
      'svg',
      { viewBox: '0 0 300 42', preserveAspectRatio: 'none', role: 'img', 'aria-label': 'Rate over the last minutes' },
      svgElement('polygon', { points: `0,42 ${points.join(' ')} 300,42` }),
      svgElement('polyline', { points: points.join(' ') }),
    ),
  );
}
