// One trace as a waterfall.
import { Refused, get } from '../api.js';
import { copyButton, empty, fill, h, icon } from '../dom.js';
import { clock, duration, plural, short } from '../format.js';
import { hue } from '../hues.js';
import { poll } from '../poll.js';
import { link } from '../route.js';
import { rows, ticks } from './tree.js';

// A trace may still be coming in when it is opened: it is asked for again a few times.
const EVERY = 2000;
const YOUNG = 20_000;

export function traceView(place, route) {
  const [id] = route.rest;
  const closed = new Set();
  const open = new Set();
  let spans = -1;
  const body = h('div.page', null, h('div.loading', null, 'Asking…'));
  place.append(h('div.scroll', null, body));

  const asking = poll(
    async signal => {
      const trace = await get(`traces/${encodeURIComponent(id)}`, {}, signal);
      if (trace.spans.length === spans) {
        if (Date.now() - Date.parse(trace.spans[0]?.start) > YOUNG) asking.stop();
        return;
      }
      spans = trace.spans.length;
      show(trace);
    },
    EVERY,
    problem => {
      if (spans >= 0) return;
      const gone = problem instanceof Refused && problem.status === 404;
      fill(
        body,
        back(),
        empty(
          'clock',
          gone ? 'This trace is not kept' : 'The trace is not there',
          h('p', null, gone ? 'It was not sampled, or newer ones have taken its place.' : problem.message),
          gone ? h('a.button', { href: link('log', { traceId: id }) }, 'Look in the log') : null,
        ),
      );
    },
  );

  function show(trace) {
    const all = rows(trace.spans);
    if (!all.length) return fill(body, back(), empty('clock', 'An empty trace'));
    const from = Math.min(...trace.spans.map(span => span.offset));
    const length = Math.max(...trace.spans.map(span => span.offset + span.duration)) - from || 0.001;
    const root = all[0].span;
    const failed = trace.spans.some(span => span.error);
    const services = [...new Set(all.map(row => row.span.service))];
    const elements = new Map();
    const grid = h('div.fall', { role: 'treegrid', 'aria-label': 'Spans', onkeydown: event => keys(event) });

    const marks = ticks(length);
    grid.append(
      h(
        'div.fall-axis',
        { 'aria-hidden': 'true' },
        h('span', null, h('span.faint', null, plural(all.length, 'span'))),
        h(
          'span.fall-ticks',
          null,
          marks.map(at => h('span', { style: { left: `${(100 * at) / length}%` } }, duration(at))),
        ),
      ),
    );
    for (const row of all) elements.set(row, spanRow(row));
    const lines = h(
      'div.fall-lines',
      { 'aria-hidden': 'true' },
      h('span'),
      h(
        'span.fall-ticks',
        null,
        marks.slice(1).map(at => h('i', { style: { left: `${(100 * at) / length}%` } })),
      ),
    );
    grid.append(h('div.fall-rows', { role: 'presentation' }, lines, [...elements.values()]));

    fill(
      body,
      back(),
      h(
        'header.trace-head',
        null,
        h(
          'div.trace-title',
          null,
          h('h1.cut', { title: root.name }, h('span.quiet', null, root.service), ' ', short(root.name)),
          failed ? h('span.chip.bad', null, icon('alert'), 'error') : null,
        ),
        h(
          'div.trace-facts',
          null,
          h('span', null, h('b', null, duration(length)), h('span.faint', null, ' in all')),
          h('span', { title: root.start }, clock(root.start)),
          h('span', null, plural(services.length, 'service')),
          h('span.mono.faint.trace-id', null, copyButton(id, id)),
          h('a.button', { href: link('log', { traceId: id }) }, 'Its log'),
        ),
      ),
      h(
        'div.trace-legend',
        null,
        services.map(name => h('span', null, h('span.dot', { style: { '--hue': hue(name) } }), name)),
      ),
      h('div.card.fall-card', null, grid),
    );
    hide();

    function spanRow(row) {
      const { span } = row;
      const left = (100 * (span.offset - from)) / length;
      const width = (100 * span.duration) / length;
      const toggle = row.children
        ? h(
            'button.fall-toggle',
            {
              type: 'button',
              tabindex: '-1',
              'aria-label': 'Show what is below',
              onclick: event => {
                event.stopPropagation();
                fold(row);
              },
            },
            icon('chevron'),
          )
        : h('span.fall-toggle');
      const label = h('span.fall-label', { class: left > 55 ? 'before' : left + width > 80 ? 'inside' : '' }, duration(span.duration));
      const line = h(
        'div.fall-row',
        {
          role: 'row',
          tabindex: row === all[0] ? '0' : '-1',
          'data-span': span.spanId,
          'aria-level': row.depth + 1,
          'aria-expanded': row.children ? String(!closed.has(span.spanId)) : null,
          class: span.error ? 'failed' : '',
          style: { '--hue': hue(span.service), '--depth': String(Math.min(row.depth, 14)) },
          onclick: () => detail(row),
        },
        h(
          'div.fall-name',
          { role: 'gridcell' },
          toggle,
          h('i.fall-hue'),
          h(
            'span.cut',
            { title: `${span.service}\n${span.name}` },
            h('b', null, span.service.split('.')[0]),
            ' ',
            h('span.quiet', null, short(span.name)),
          ),
          h('span.fall-kind.faint', null, kind(span)),
          span.error ? icon('alert') : null,
        ),
        h('div.fall-time', { role: 'gridcell' }, h('span.fall-bar', { style: { left: `${left}%`, width: `max(2px, ${width}%)` } }, label)),
      );
      const whole = h('div.fall-item', null, line);
      if (open.has(span.spanId)) whole.append(details(span));
      return whole;
    }

    function detail(row) {
      const whole = elements.get(row);
      const there = whole.querySelector('.fall-detail');
      if (there) {
        there.remove();
        open.delete(row.span.spanId);
      } else {
        whole.append(details(row.span));
        open.add(row.span.spanId);
      }
      focus(row);
    }

    function fold(row) {
      const { spanId } = row.span;
      if (closed.has(spanId)) closed.delete(spanId);
      else closed.add(spanId);
      elements.get(row).firstChild.setAttribute('aria-expanded', String(!closed.has(spanId)));
      hide();
    }

    function hide() {
      for (const row of all) {
        let hidden = false;
        for (let up = row.parent; up; up = up.parent) hidden ||= closed.has(up.span.spanId);
        elements.get(row).hidden = hidden;
      }
    }

    function focus(row) {
      for (const element of elements.values()) element.firstChild.tabIndex = -1;
      const line = elements.get(row).firstChild;
      line.tabIndex = 0;
      line.focus({ preventScroll: false });
    }

    function keys(event) {
      const at = all.find(row => elements.get(row).firstChild === event.target);
      if (!at) return;
      const visible = all.filter(row => !elements.get(row).hidden);
      const i = visible.indexOf(at);
      const isClosed = closed.has(at.span.spanId);
      const moves = {
        ArrowDown: () => visible[i + 1] && focus(visible[i + 1]),
        ArrowUp: () => visible[i - 1] && focus(visible[i - 1]),
        Home: () => focus(visible[0]),
        End: () => focus(visible.at(-1)),
        ArrowRight: () => (at.children && isClosed ? fold(at) : visible[i + 1] && focus(visible[i + 1])),
        ArrowLeft: () => (at.children && !isClosed ? fold(at) : at.parent && focus(at.parent)),
        Enter: () => detail(at),
        ' ': () => detail(at),
      };
      if (!moves[event.key]) return;
      event.preventDefault();
      moves[event.key]();
    }
  }

  const escape = event => {
    if (event.key === 'Escape') location.hash = link('traces');
  };
  document.addEventListener('keydown', escape);
  return () => {
    document.removeEventListener('keydown', escape);
    asking.stop();
  };
}

const back = () => h('a.trace-back', { href: link('traces') }, icon('back'), 'Traces');
const kind = span => (!span.kind || ['INTERNAL', 'UNSPECIFIED'].includes(span.kind) ? '' : span.kind.toLowerCase());

function details(span) {
  const attributes = Object.entries(span.attributes ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return h(
    'div.fall-detail',
    null,
    h(
      'dl.facts',
      null,
      [
        ['service', span.service],
        ['operation', span.name],
        ['kind', kind(span) || 'internal'],
        ['started', `${clock(span.start)}, ${duration(span.offset)} after the trace`],
        ['took', duration(span.duration)],
        span.status ? ['status', span.status] : null,
        ['span', span.spanId],
        span.parentId ? ['parent', span.parentId] : null,
      ]
        .filter(Boolean)
        .map(fact),
    ),
    attributes.length
      ? h(
          'dl.facts.attributes',
          null,
          attributes.map(([name, value]) => fact([name, typeof value === 'string' ? value : JSON.stringify(value)])),
        )
      : h('p.faint', null, 'no attributes'),
  );
}

const fact = ([name, value]) => [h('dt', null, name), h('dd.mono', null, value)];
