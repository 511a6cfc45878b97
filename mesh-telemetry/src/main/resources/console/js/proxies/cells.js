// The cells of a proxy's row, and what unfolds below it.
import { h, icon } from '../dom.js';
import { ago, clock, span } from '../format.js';
import { isIll, shortName } from './model.js';

const DAY = 86_400;
const STATES = { SYNCED: ['ok', 'check'], STALE: ['warn', 'clock'], 'NOT SENT': ['none', null] };

/** How far it is with one type of resource. */
export function state(type) {
  if (!type) return h('span.faint', { title: 'Not asked for' }, '–');
  const [tone, mark] = STATES[type.status] ?? ['warn', 'alert'];
  const refused = type.nack && type.status !== 'SYNCED';
  const title = [
    type.status.toLowerCase(),
    type.versionSent && `sent ${type.versionSent}`,
    type.versionAcked && `accepted ${type.versionAcked}`,
    type.nack && `refused: ${type.nack.reason}`,
  ]
    .filter(Boolean)
    .join('\n');
  return h(
    'span.sync',
    { class: refused ? 'bad' : tone, title },
    refused ? icon('alert') : mark ? icon(mark) : null,
    refused ? 'refused' : type.status === 'NOT SENT' ? 'none' : type.status.toLowerCase(),
  );
}

/** Its app's readiness, as the proxy reports it. */
export function health(proxy) {
  if (!proxy.health) return h('span.faint', { title: 'It reports no health of an app' }, proxy.gateway ? '–' : 'unknown');
  return isIll(proxy.health)
    ? h('span.chip.bad', { title: proxy.health }, icon('alert'), 'unhealthy')
    : h('span.chip.ok', { title: proxy.health }, 'ready');
}

/** Time left, against the usual day. */
export function certificate(proxy) {
  if (proxy.left === null) return h('span.faint', null, '–');
  const tone = proxy.left < 600 ? 'bad' : proxy.left < 3600 ? 'warn' : 'ok';
  return h(
    'span.cert',
    { class: tone, title: `until ${proxy.certificateExpires}` },
    h('span.cert-bar', null, h('span', { style: { width: `${Math.max(3, Math.min(100, (100 * proxy.left) / DAY))}%` } })),
    h('span', null, proxy.left > 0 ? span(proxy.left) : 'over'),
  );
}

/** All that is known, with the versions of each type. */
export function details(proxy) {
  const facts = [
    ['identity', proxy.identity ?? 'none (plaintext)'],
    ['node', proxy.id],
    ['connected', `${clock(proxy.connectedSince, false)} from ${proxy.address}, ${proxy.protocol}`],
    ['registered as', proxy.registration ?? 'not registered'],
    ['app', proxy.health ?? 'reports nothing'],
    ['certificate', proxy.certificateExpires ? `until ${proxy.certificateExpires}` : 'unknown'],
  ];
  return h(
    'div.proxy-details',
    null,
    h(
      'dl.facts',
      null,
      facts.map(([name, value]) => [h('dt', null, name), h('dd.mono', null, value)]),
    ),
    h(
      'table.versions',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['', 'sent', 'accepted', 'when'].map(name => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        null,
        (proxy.resources ?? []).flatMap(type => [
          h(
            'tr',
            null,
            h('th', { scope: 'row' }, shortName(type.typeUrl)),
            h('td.mono', null, type.versionSent || '–'),
            h('td.mono', { class: type.versionAcked === type.versionSent ? '' : 'warn' }, type.versionAcked || '–'),
            h('td.quiet', null, type.sentAt ? ago(type.sentAt) : '–'),
          ),
          type.nack
            ? h(
                'tr',
                null,
                h('td'),
                h(
                  'td.mono',
                  { colspan: '3', class: type.status === 'SYNCED' ? 'faint' : 'bad' },
                  `refused ${ago(type.nack.time)}: ${type.nack.reason}`,
                ),
              )
            : null,
        ]),
      ),
    ),
  );
}
