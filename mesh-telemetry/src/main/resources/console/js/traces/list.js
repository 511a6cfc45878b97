// The last traces: when they were and how long they took, at a glance and as a list.
import { get } from '../api.js';
import { empty, fill, h, icon, options, svgElement } from '../dom.js';
import { ago, clock, count, duration, plural, short } from '../format.js';
import { hue } from '../hues.js';
import { poll } from '../poll.js';
import { link, note } from '../route.js';

const EVERY = 4000;
const DURATIONS = [
  ['', 'any duration'],
  ['10', '≥ 10 ms'],
  ['50', '≥ 50 ms'],
  ['100', '≥ 100 ms'],
  ['500', '≥ 500 ms'],
  ['1000', '≥ 1 s'],
  ['5000', '≥ 5 s'],
];
const LIMITS = ['50', '100', '200'];

export function tracesView(place, route) {
  const filters = { service: '', minDuration: '', error: '', limit: '50', ...route.filters };
  const services = new Set();
  let shown = '';

  const service = h('select.select', { 'aria-label': 'Service', onchange: () => change({ service: service.value }) });
  options(service, [filters.service], 'all services');
  service.value = filters.service;
  const least = h(
    'select.select',
    { 'aria-label': 'Duration', onchange: () => change({ minDuration: least.value }) },
    DURATIONS.map(([value, name]) => h('option', { value }, name)),
  );
  if (filters.minDuration && !DURATIONS.some(([value]) => value === filters.minDuration))
    least.append(h('option', { value: filters.minDuration }, `≥ ${duration(Number(filters.minDuration))}`));
  least.value = filters.minDuration;
  const limit = h(
    'select.select',
    { 'aria-label': 'How many', onchange: () => change({ limit: limit.value }) },
    LIMITS.map(value => h('option', { value }, `last ${value}`)),
  );
  limit.value = filters.limit;
  const errors = h('input', { type: 'checkbox', onchange: () => change({ error: errors.checked ? 'true' : '' }) });
  errors.checked = filters.error === 'true';
  const summary = h('span.quiet');
  const scatter = h('div.scatter.card');
  const list = h('div.trace-list.card');
  const body = h('div.page.trace-page', null, h('div.loading', null, 'Asking…'));

  place.append(
    h('div.toolbar', null, service, least, h('label.check', null, errors, 'errors only'), limit, h('div.end', null, summary)),
    h('div.scroll', null, body),
  );

  const asking = poll(
    async signal => {
      const { service: name, minDuration, error, limit: most } = filters;
      show(await get('traces', { service: name, minDuration, error, limit: most }, signal));
    },
    EVERY,
    problem => {
      if (!shown) fill(body, empty('alert', 'The traces are not there', h('p', null, problem.message)));
    },
  );

  function show({ items, dropped }) {
    for (const trace of items) trace.services.forEach(name => services.size < 500 && services.add(name));
    options(service, [...services].sort(), 'all services');
    fill(
      summary,
      plural(items.length, 'trace'),
      dropped
        ? h(
            'span.faint',
            { title: 'Spans dropped since mesh-telemetry started: pushed out by newer ones, or refused' },
            ` · ${plural(dropped, 'span')} dropped`,
          )
        : null,
    );
    // Nothing is redrawn, and no row moves under a pointer, while nothing new came.
    const now = `${items.map(trace => `${trace.traceId}${trace.spans}${trace.error}`).join()}`;
    if (now === shown && now) return refreshAges();
    shown = now || 'none';
    if (!items.length) return fill(body, nothing());
    const longest = Math.max(...items.map(trace => trace.duration), 0.001);
    fill(scatter, cloud(items, longest));
    // The bars compare the many; the slowest tenth would make all others look alike.
    const full = items.map(trace => trace.duration).sort((a, b) => a - b)[Math.floor((items.length - 1) * 0.9)] * 1.2;
    keepingFocus(list, () =>
      fill(
        list,
        items.map(trace => row(trace, full)),
      ),
    );
    if (!list.isConnected) fill(body, scatter, list);
  }

  function refreshAges() {
    for (const age of list.querySelectorAll('time')) age.textContent = ago(age.dateTime);
  }

  function nothing() {
    return filters.service || filters.minDuration || filters.error
      ? empty(
          'clock',
          'No trace like this',
          h('p', null, 'None of the traces that are kept fits these filters.'),
          h(
            'button.button',
            {
              type: 'button',
              onclick: () => {
                location.hash = link('traces');
              },
            },
            'Show all',
          ),
        )
      : empty('clock', 'No traces yet', h('p', null, 'A sampled request becomes a trace over every gateway, sidecar and app it passes.'));
  }

  function change(values) {
    Object.assign(filters, values);
    note({ ...filters, limit: filters.limit === '50' ? '' : filters.limit });
    asking.now();
  }

  return () => asking.stop();
}

function row(trace, full) {
  return h(
    'a.trace-row',
    { href: link('traces', {}, trace.traceId), 'data-id': trace.traceId, class: trace.error ? 'failed' : '' },
    h(
      'span.trace-when',
      { title: clock(trace.start) },
      h('span', null, clock(trace.start, false)),
      h('time.faint', { datetime: trace.start }, ago(trace.start)),
    ),
    h(
      'span.trace-root.cut',
      null,
      h('span.dot', { style: { '--hue': hue(trace.root.service) } }),
      h('b', null, trace.root.service),
      ' ',
      h('span.quiet', null, short(trace.root.name)),
    ),
    h(
      'span.trace-services',
      { title: trace.services.join('\n') },
      trace.services.slice(0, 6).map(name => h('span.dot', { style: { '--hue': hue(name) } })),
      h('span.faint', null, plural(trace.services.length, 'service')),
    ),
    h('span.num.quiet', null, plural(trace.spans, 'span')),
    trace.error ? h('span.chip.bad', null, icon('alert'), 'error') : h('span'),
    h(
      'span.trace-time',
      null,
      h('span.trace-bar', null, h('span', { style: { width: `${Math.max(1, Math.min(100, (100 * trace.duration) / (full || 1)))}%` } })),
      h('span.num', null, duration(trace.duration)),
    ),
  );
}

/** Traces as dots: time to the right, duration (logarithm) up. */
function cloud(items, longest) {
  const width = 1000;
  const height = 116;
  const times = items.map(trace => Date.parse(trace.start));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const shortest = Math.max(0.1, Math.min(...items.map(trace => trace.duration)));
  const low = Math.log(shortest / 1.3);
  const high = Math.log(longest * 1.3);
  const y = ms => height - 8 - ((Math.log(Math.max(ms, shortest)) - low) / (high - low || 1)) * (height - 20);
  const lines = [shortest, Math.sqrt(shortest * longest), longest].map(ms => [
    svgElement('line', { x1: 0, x2: width, y1: y(ms), y2: y(ms), 'vector-effect': 'non-scaling-stroke' }),
  ]);
  const dots = items.map((trace, i) => {
    const x = to === from ? 50 : 1 + (98 * (times[i] - from)) / (to - from);
    return h('a.scatter-dot', {
      href: link('traces', {}, trace.traceId),
      tabindex: '-1',
      class: trace.error ? 'failed' : '',
      title: `${trace.root.service} ${short(trace.root.name)}\n${duration(trace.duration)}, ${plural(trace.spans, 'span')}, ${clock(trace.start)}`,
      style: { left: `${x}%`, top: `${y(trace.duration)}px` },
    });
  });
  return [
    svgElement('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...lines.flat()),
    [shortest, Math.sqrt(shortest * longest), longest]
      .filter((ms, i) => i === 0 || longest / shortest > 1.6)
      .map(ms => h('span.scatter-label', { style: { top: `${y(ms)}px` } }, duration(ms))),
    h('div.scatter-plot', null, dots),
    h(
      'div.scatter-ends.faint',
      { 'aria-hidden': 'true' },
      h('span', null, clock(new Date(from).toISOString(), false)),
      h('span', null, clock(new Date(to).toISOString(), false)),
    ),
    h('span.scatter-name.faint', { 'aria-hidden': 'true' }, `${count(items.length)} last, by time and duration`),
  ];
}

function keepingFocus(list, redraw) {
  const id = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  redraw();
  if (id) list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus();
}
