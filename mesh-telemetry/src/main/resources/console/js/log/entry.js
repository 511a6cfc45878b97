// One line of the access log: what its fields mean, its row and its details.
import { h, icon } from '../dom.js';
import { bytes, clock, duration, short, statusTone } from '../format.js';
import { link } from '../route.js';

/** The name of a workload's account in its SPIFFE id, or null. */
const account = peer => (peer && peer.includes('/sa/') ? peer.slice(peer.lastIndexOf('/sa/') + 4) : null);

/** outbound|9080|v2|reviews.default.svc.cluster.local → {host: 'reviews.default', subset: 'v2'}. */
function clusterName(cluster) {
  const [, , subset, host] = (cluster ?? '').split('|');
  return host ? { host: short(host), subset } : null;
}

/** Who talked to whom, as far as the writer of the line knows: [from, to]. */
function ends(entry) {
  const to = clusterName(entry.cluster);
  const called = to ? to.host + (to.subset ? ` ${to.subset}` : '') : entry.authority || entry.cluster || '–';
  if (entry.direction === 'inbound') return [account(entry.peer) ?? entry.downstream?.replace(/:\d+$/, '') ?? '–', entry.reporter];
  if (entry.direction === 'gateway') return [account(entry.peer) ?? 'outside', called, entry.reporter];
  return [entry.reporter, called];
}

export function row(entry, open) {
  const [from, to, through] = ends(entry);
  return h(
    'button.log-row',
    { type: 'button', 'data-id': entry.id, 'data-tone': statusTone(entry.status), 'aria-expanded': String(open) },
    h('span.log-time.mono', null, clock(entry.time)),
    h('span.log-status.mono', { class: statusTone(entry.status) }, entry.status === 0 ? '—' : String(entry.status)),
    h('span.log-method.mono', null, entry.method || entry.protocol || '–'),
    h('span.log-path.mono.cut', { title: entry.path }, entry.path || entry.authority || '–'),
    h('span.log-flags.mono.cut', { title: entry.details }, entry.flags && entry.flags !== '-' ? entry.flags : ''),
    h(
      'span.log-way.cut',
      { title: `${from} → ${to}` },
      h('span.quiet', null, from),
      icon('arrow'),
      h('span', null, to),
      through ? h('span.faint', null, ` by ${through}`) : null,
    ),
    h('span.log-duration.num.mono', null, duration(entry.duration)),
  );
}

export function details(entry, filter) {
  const only = (name, value, shown = value) =>
    h(
      'span',
      null,
      shown,
      ' ',
      h(
        'button.log-only',
        { type: 'button', title: `Only ${name} ${value}`, onclick: () => filter({ [name]: String(value) }) },
        'only these',
      ),
    );
  const facts = [
    ['request', [entry.method, entry.path, entry.protocol].filter(Boolean).join(' ')],
    ['authority', entry.authority],
    ['path', entry.path && only('path', entry.path)],
    ['status', only('status', entry.status)],
    ['flags', entry.flags && entry.flags !== '-' ? only('flags', entry.flags) : null],
    ['why', entry.details],
    ['written by', `${entry.reporter}.${entry.namespace} (${entry.direction})`],
    ['caller', entry.peer ?? 'no certificate'],
    ['from', entry.downstream],
    ['cluster', entry.cluster],
    ['went to', entry.upstreamHost],
    ['route', entry.route],
    ['took', duration(entry.duration)],
    ['received, sent', `${bytes(entry.received)}, ${bytes(entry.sent)}`],
    ['user agent', entry.userAgent],
    ['request id', entry.requestId],
    ['time', entry.time],
  ];
  return h(
    'div.log-detail',
    null,
    h(
      'dl.facts',
      null,
      facts.filter(([, value]) => value).map(([name, value]) => [h('dt', null, name), h('dd.mono', null, value)]),
    ),
    h(
      'div.links',
      null,
      entry.traceId ? h('a.button', { href: link('traces', {}, entry.traceId) }, 'Trace') : null,
      entry.traceId ? h('a.button', { href: link('log', { traceId: entry.traceId }) }, 'Lines of this trace') : null,
    ),
  );
}
