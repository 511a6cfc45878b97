// The access log of the whole mesh, as it is written.
import { copyButton, empty, fill, h, icon } from '../dom.js';
import { count, plural } from '../format.js';
import { note } from '../route.js';
import { details, row } from './entry.js';
import { FilterBar } from './filters.js';
import { follow } from './stream.js';

const SHOWN = 400; // rows on the page
const WAITING = 2000; // lines held back while the reader reads
const FRESH = 30; // more at once are no news, but the log as it was found
const FLUSH = 200;

export function logView(place, route) {
  let filters = { ...route.filters };
  let paused = false;
  let open = null; // id of the line whose details are shown
  let lines = []; // shown, newest first
  let waiting = [];
  let dropped = 0;
  let missed = 0;
  let overflow = 0;
  let loaded = false;
  let flushing = 0;
  const seen = new Set();
  const elements = new Map();

  const bar = new FilterBar(() => change());
  const trace = h('span.chip.accent', { hidden: true });
  const pause = h('button.button', { type: 'button', onclick: () => setPaused(!paused) });
  const figures = h('span.quiet.log-figures');
  const list = h('div.log-list', { role: 'log', 'aria-live': 'off', 'aria-label': 'Access log' });
  const more = h('button.button.log-more', {
    type: 'button',
    hidden: true,
    onclick: () => {
      scroll.scrollTop = 0;
      setPaused(false);
    },
  });
  const scroll = h(
    'div.scroll.log-scroll',
    {
      onscroll: () => {
        if (scroll.scrollTop < 4 && !paused) flush();
      },
    },
    list,
  );
  const message = h('div.log-message', null, h('div.loading', null, 'Asking…'));
  const clear = h('button.button', { type: 'button', hidden: true, onclick: () => replace({}) }, 'Clear');

  place.append(
    h(
      'div.toolbar',
      null,
      bar.elements,
      trace,
      clear,
      h('div.end', null, figures, pause),
    ),
    h(
      'div.log-place',
      null,
      h(
        'div.log-head',
        { 'aria-hidden': 'true' },
        ['time', 'status', 'method', 'path', 'flags', 'from → to'].map(name => h('span', null, name)),
        h('span.num', null, 'took'),
      ),
      scroll,
      message,
      more,
    ),
  );

  let stop = () => {};
  bar.put(filters);
  setPaused(false);
  restart();

  list.addEventListener('click', event => {
    const line = event.target.closest('.log-row');
    if (line) toggle(line.dataset.id);
  });
  list.addEventListener('keydown', event => {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    const item = event.target.closest('.log-item');
    if (!step || !item || !event.target.classList.contains('log-row')) return;
    event.preventDefault();
    item[step]?.firstChild.focus();
  });

  function change() {
    const next = { ...(filters.traceId ? { traceId: filters.traceId } : {}), ...bar.values() };
    if (JSON.stringify(next) === JSON.stringify(filters)) return;
    filters = next;
    note(filters);
    restart();
  }

  function replace(values) {
    bar.put(values);
    filters = values;
    note(filters);
    restart();
  }

  function restart() {
    stop();
    lines = [];
    waiting = [];
    overflow = 0;
    missed = 0;
    loaded = false;
    seen.clear();
    elements.clear();
    list.replaceChildren();
    open = null;
    clear.hidden = Object.keys(filters).length === 0;
    trace.hidden = !filters.traceId;
    if (filters.traceId) fill(trace, 'trace ', copyButton(filters.traceId, `${filters.traceId.slice(0, 8)}…`));
    fill(message, h('div.loading', null, 'Asking…'));
    message.hidden = false;
    stop = follow(filters, {
      lines(items) {
        loaded = true;
        for (const line of items) {
          if (seen.has(line.id)) continue;
          seen.add(line.id);
          waiting.push(line);
        }
        if (waiting.length > WAITING) {
          waiting.sort(newest);
          overflow += waiting.length - WAITING;
          waiting.length = WAITING;
        }
        if (seen.size > 20_000) forget();
        flushing ||= setTimeout(flush, lines.length ? FLUSH : 0);
      },
      dropped(n) {
        dropped = n;
        say();
      },
      missed(n) {
        missed += n;
        say();
      },
      state(state, why) {
        if (state === 'lost' && !loaded)
          fill(message, empty('alert', 'The log is not there', h('p', null, why ?? 'The stream broke off. It is tried again.')));
      },
    });
  }

  /** Old ids; only lines that are shown or wait can come a second time. */
  function forget() {
    seen.clear();
    for (const line of [...lines, ...waiting]) seen.add(line.id);
  }

  function flush() {
    clearTimeout(flushing);
    flushing = 0;
    const reading = lines.length > 0 && (paused || open !== null || scroll.scrollTop > 40);
    if (!reading && waiting.length) {
      const fresh = waiting.sort(newest);
      waiting = [];
      add(fresh);
    }
    message.hidden = lines.length > 0;
    if (loaded && !lines.length) fill(message, nothing());
    say();
  }

  function add(fresh) {
    lines = [...fresh, ...lines].sort(newest).slice(0, SHOWN);
    const wanted = new Set(lines.map(line => line.id));
    for (const [id, element] of elements) {
      if (wanted.has(id)) continue;
      element.remove();
      elements.delete(id);
    }
    // Newest first: each new line stands before the one that follows it.
    let next = null;
    for (let i = lines.length - 1; i >= 0; i--) {
      const line = lines[i];
      let element = elements.get(line.id);
      if (!element) {
        element = h('div.log-item', null, row(line, false));
        if (fresh.length <= FRESH) element.classList.add('fresh');
        elements.set(line.id, element);
        list.insertBefore(element, next);
      }
      next = element;
    }
  }

  function toggle(id) {
    const line = lines.find(l => l.id === id);
    if (!line) return;
    if (open !== null) shut(open);
    if (open === id) {
      open = null;
      flush();
      return;
    }
    open = id;
    const element = elements.get(id);
    element.firstChild.setAttribute('aria-expanded', 'true');
    element.append(details(line, values => replace({ ...filters, ...values })));
    say();
  }

  function shut(id) {
    const element = elements.get(id);
    element?.firstChild.setAttribute('aria-expanded', 'false');
    element?.querySelector('.log-detail')?.remove();
  }

  function setPaused(on) {
    paused = on;
    fill(pause, icon(on ? 'play' : 'pause'), on ? 'Resume' : 'Pause');
    pause.setAttribute('aria-pressed', String(on));
    if (!on && open !== null) {
      shut(open);
      open = null;
    }
    flush();
  }

  function say() {
    more.hidden = waiting.length === 0 || lines.length === 0;
    fill(more, `${plural(waiting.length, 'new line')}${overflow ? '+' : ''}`);
    fill(
      figures,
      paused ? 'paused' : open !== null || scroll.scrollTop > 40 ? 'held while you read' : 'live',
      ` · ${plural(lines.length, 'line')}`,
      dropped
        ? h(
            'span',
            {
              title:
                'Lines dropped since mesh-telemetry started: pushed out by newer ones, or refused. Counts in the graph do not miss them.',
            },
            ` · ${count(dropped)} dropped`,
          )
        : null,
      missed ? h('span.warn', { title: 'Lines that came faster than this page could take them' }, ` · ${count(missed)} missed`) : null,
    );
  }

  function nothing() {
    return Object.keys(filters).length
      ? empty('clock', 'No line like this yet', h('p', null, 'Nothing that is kept fits these filters. New lines appear by themselves.'))
      : empty('clock', 'Nothing logged yet', h('p', null, 'Every request that passes a sidecar or gateway becomes a line here.'));
  }

  const escape = event => {
    if (event.key === 'Escape' && open !== null) toggle(open);
  };
  document.addEventListener('keydown', escape);
  return () => {
    document.removeEventListener('keydown', escape);
    clearTimeout(flushing);
    bar.close();
    stop();
  };
}

const newest = (a, b) => b.at - a.at || Number(b.id) - Number(a.id);
