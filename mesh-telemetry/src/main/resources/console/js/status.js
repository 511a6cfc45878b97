// Whether what is shown can be believed: does mesh-telemetry answer, do its targets, what was dropped. A light in the bar, and why.
import { get, onReach } from './api.js';
import { fill, h, icon } from './dom.js';
import { ago, clock, count, plural } from './format.js';
import { poll } from './poll.js';

const EVERY = 5000;
const KINDS = [
  ['logs', 'log lines'],
  ['spans', 'spans'],
  ['series', 'metric series'],
];

export function startStatus(light, banner) {
  let status = null;
  let away = null;
  const dialog = h('dialog.status', {
    'aria-label': 'What mesh-telemetry hears',
    onclick: event => event.target === dialog && dialog.close(),
  });
  document.body.append(dialog);
  light.addEventListener('click', () => {
    show();
    dialog.showModal();
  });

  onReach(since => {
    away = since;
    banner.hidden = !since;
    if (since) {
      fill(
        banner,
        icon('alert'),
        h(
          'span',
          null,
          `mesh-telemetry does not answer since ${clock(since, false)}. What you see is from before; it is asked again by itself.`,
        ),
        h('button.button', { type: 'button', onclick: () => document.dispatchEvent(new Event('weft-retry')) }, 'Try now'),
      );
    }
    show();
  });
  poll(
    async signal => {
      status = await get('status', {}, signal);
      show();
    },
    EVERY,
    show,
  );

  function show() {
    const targets = status?.targets.items ?? [];
    const silent = targets.filter(target => !target.up);
    const [state, words] = away
      ? ['away', 'away']
      : status?.targets.discovery
        ? ['away', 'mesh-pilot away']
        : silent.length
          ? ['away', `${silent.length} of ${plural(targets.length, 'target')} silent`]
          : ['live', 'live'];
    light.dataset.state = state;
    light.title = 'What mesh-telemetry hears';
    if (light.textContent !== words) light.textContent = words;
    if (status && (dialog.open || !dialog.hasChildNodes()))
      fill(
        dialog,
        content(status, targets, silent, () => dialog.close()),
      );
  }
}

function content(status, targets, silent, close) {
  return [
    h(
      'div.status-head',
      null,
      h('h2', null, 'What mesh-telemetry hears'),
      h('button.icon-button.bare', { type: 'button', 'aria-label': 'Close', onclick: close }, icon('close')),
    ),
    h(
      'table.status-kinds',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['', 'received', 'dropped', 'kept'].map((name, i) => h('th', { scope: 'col', class: i ? 'num' : '' }, name)),
        ),
      ),
      h(
        'tbody',
        null,
        KINDS.filter(([kind]) => status[kind]).map(([kind, name]) => {
          const { received, dropped, kept, capacity } = status[kind];
          const reasons = Object.entries(dropped).filter(([, n]) => n > 0);
          return h(
            'tr',
            null,
            h('th', { scope: 'row' }, name),
            h('td.num', null, count(received)),
            h(
              'td.num',
              { title: reasons.map(([reason, n]) => `${reason.replaceAll('_', ' ')}: ${count(n)}`).join('\n') },
              count(reasons.reduce((sum, [, n]) => sum + n, 0)),
            ),
            h('td.num', null, count(kept), h('span.faint', null, ` of ${count(capacity)}`)),
          );
        }),
      ),
    ),
    h('p.faint', null, 'Dropped: pushed out by newer ones, or refused. The graph counts from metrics and misses none of them.'),
    h(
      'h3',
      null,
      targets.length
        ? `${targets.length - silent.length} of ${plural(targets.length, 'target')} answer${targets.length === 1 ? 's' : ''}`
        : 'No targets',
    ),
    status.targets.discovery ? h('p.warn', null, status.targets.discovery) : null,
    silent.length
      ? h(
          'ul.status-silent',
          null,
          silent
            .slice(0, 20)
            .map(target =>
              h(
                'li',
                null,
                h('b', null, target.workload ?? target.url),
                target.namespace ? h('span.faint', null, `.${target.namespace}`) : null,
                h('span.quiet', null, ` ${target.error ?? 'no answer'}`),
                target.lastScrape ? h('span.faint', null, `, last heard ${ago(target.lastScrape)}`) : null,
              ),
            ),
        )
      : null,
  ];
}
