// Who is connected to mesh-pilot, whether each has what it was sent, and how long its certificate lasts.
import { get } from '../api.js';
import { empty, fill, h, icon } from '../dom.js';
import { ago, clock, plural, span } from '../format.js';
import { poll } from '../poll.js';
import { note } from '../route.js';

const EVERY = 5000;
const DAY = 86_400;

// In the order a proxy needs them. What else comes is shown by the end of its type's name.
const TYPES = [
  ['envoy.config.cluster.v3.Cluster', 'clusters'], ['envoy.config.endpoint.v3.ClusterLoadAssignment', 'endpoints'], ['envoy.config.listener.v3.Listener', 'listeners'],
  ['envoy.config.route.v3.RouteConfiguration', 'routes'], ['weft.gateway.v1alpha1.SpringRoute', 'Spring routes'], ['envoy.extensions.transport_sockets.tls.v3.Secret', 'secrets'],
];
const STATES = { SYNCED: ['ok', 'check'], STALE: ['warn', 'clock'], 'NOT SENT': ['none', null] };

export function proxiesView(place, route) {
  let search = route.filters.q ?? '';
  let trouble = route.filters.trouble === 'true';
  let proxies = null;
  const open = new Set();

  const find = h('input.input', { type: 'search', placeholder: 'find a proxy', 'aria-label': 'Find a proxy', value: search, oninput: () => { search = find.value; change(); } });
  const only = h('input', { type: 'checkbox', onchange: () => { trouble = only.checked; change(); } });
  only.checked = trouble;
  const summary = h('div.proxy-summary');
  const body = h('div.page', null, h('div.loading', null, 'Asking…'));
  const away = h('div.proxy-away', { hidden: true });
  place.append(h('div.toolbar', null, find, h('label.check', null, only, 'trouble only'), h('div.end', null, summary)), h('div.scroll', null, away, body));

  const asking = poll(async signal => {
    const answer = await get('proxies', {}, signal);
    proxies = (Array.isArray(answer) ? answer : answer.items ?? []).map(read).sort((a, b) => a.order.localeCompare(b.order));
    away.hidden = true;
    show();
  }, EVERY, problem => {
    if (!proxies) return fill(body, empty('alert', 'mesh-pilot is not there', h('p', null, problem.message), h('p.faint', null, 'Proxies go on with the configuration they have.')));
    away.hidden = false;
    fill(away, icon('alert'), `Not fresh: ${problem.message}`);
  });

  function change() {
    note({ q: search, trouble });
    if (proxies) show();
  }

  function show() {
    const bad = proxies.filter(proxy => proxy.trouble.length).length;
    fill(summary, h('span.quiet', null, `${plural(proxies.length, 'proxy', 'proxies')}`), bad ? h('span.chip.bad', null, icon('alert'), `${bad} in trouble`) : proxies.length ? h('span.chip.ok', null, icon('check'), 'all in sync') : null);
    if (!proxies.length) return fill(body, empty('gateway', 'No proxy is connected', h('p', null, 'Sidecars and gateways appear here when they ask mesh-pilot for their configuration.')));
    const words = search.trim().toLowerCase();
    const shown = proxies.filter(proxy => (!trouble || proxy.trouble.length) && (!words || `${proxy.workload}.${proxy.namespace} ${proxy.id} ${proxy.identity}`.toLowerCase().includes(words)));
    if (!shown.length) return fill(body, empty('check', trouble && !words ? 'No trouble' : 'No such proxy'));
    const types = columns(proxies);
    const focused = document.activeElement?.dataset?.proxy;
    fill(body, h('div.card.proxy-card', null, h('table.proxies', null,
      h('thead', null, h('tr', null, ['Proxy', 'Connected', 'App', ...types.map(([, name]) => name), 'Certificate'].map((name, i) => h('th', { scope: 'col', class: i > 2 && i < types.length + 3 ? 'proxy-type' : '' }, name)))),
      h('tbody', null, shown.flatMap(proxy => rows(proxy, types))))));
    if (focused) body.querySelector(`[data-proxy="${CSS.escape(focused)}"]`)?.focus();
  }

  function rows(proxy, types) {
    const shown = open.has(proxy.id);
    const name = h('button.proxy-name', { type: 'button', 'data-proxy': proxy.id, 'aria-expanded': String(shown), onclick: () => {
      if (shown) open.delete(proxy.id);
      else open.add(proxy.id);
      show();
    } }, icon('chevron'), h('span.proxy-icon', null, icon(proxy.gateway ? 'gateway' : 'workload')), h('span.cut', null, h('b', null, proxy.workload), h('span.faint', null, `.${proxy.namespace}`)));
    const line = h('tr', { class: proxy.trouble.length ? 'troubled' : '' },
      h('td', null, name), h('td.quiet', { title: proxy.connectedSince, 'data-name': 'Connected' }, ago(proxy.connectedSince)), h('td', { 'data-name': 'App' }, health(proxy)),
      types.map(([url, label]) => h('td.proxy-type', { 'data-name': label }, state(proxy.byType.get(url)))), h('td', { 'data-name': 'Certificate' }, certificate(proxy)));
    const wide = types.length + 4;
    const nacks = proxy.refusals.filter(type => type.status !== 'SYNCED').map(type => h('tr.proxy-nack', null, h('td', { colspan: wide }, h('div', null, icon('alert'), h('span', null, h('b', null, `refuses ${shortName(type.typeUrl)}: `), h('span.mono', null, type.nack.reason), h('span.faint', null, ` ${ago(type.nack.time)}`))))));
    return [line, ...(shown ? [h('tr.proxy-more', null, h('td', { colspan: wide }, details(proxy)))] : nacks)];
  }

  return () => asking.stop();
}

function read(proxy) {
  const resources = proxy.resources ?? [];
  const left = proxy.certificateExpires ? (Date.parse(proxy.certificateExpires) - Date.now()) / 1000 : null;
  const refusals = resources.filter(type => type.nack);
  const trouble = [
    ...refusals.filter(type => type.status !== 'SYNCED').map(type => `refuses ${shortName(type.typeUrl)}`),
    ...(proxy.health && isIll(proxy.health) ? ['unhealthy'] : []),
    ...(left !== null && left < 600 ? ['certificate'] : []),
  ];
  const gateway = proxy.type === 'router';
  return { ...proxy, left, refusals, trouble, gateway, order: `${gateway ? 0 : 1}${proxy.namespace}/${proxy.workload}/${proxy.id}`, byType: new Map(resources.map(type => [type.typeUrl.replace('type.googleapis.com/', ''), type])) };
}

const isIll = health => !/^healthy\b/i.test(health);
const shortName = typeUrl => TYPES.find(([url]) => typeUrl.endsWith(url))?.[1] ?? typeUrl.split('.').at(-1);

/** The columns: the known types that some proxy has, then the rest. */
function columns(proxies) {
  const present = new Set(proxies.flatMap(proxy => [...proxy.byType.keys()]));
  const known = TYPES.filter(([url]) => present.has(url));
  const others = [...present].filter(url => !TYPES.some(([name]) => name === url)).sort().map(url => [url, shortName(url)]);
  return [...known, ...others];
}

function state(type) {
  if (!type) return h('span.faint', { title: 'Not asked for' }, '–');
  const [tone, mark] = STATES[type.status] ?? ['warn', 'alert'];
  const refused = type.nack && type.status !== 'SYNCED';
  const title = [type.status.toLowerCase(), type.versionSent && `sent ${type.versionSent}`, type.versionAcked && `accepted ${type.versionAcked}`, type.nack && `refused: ${type.nack.reason}`].filter(Boolean).join('\n');
  return h('span.sync', { class: refused ? 'bad' : tone, title }, refused ? icon('alert') : mark ? icon(mark) : null, refused ? 'refused' : type.status === 'NOT SENT' ? 'none' : type.status.toLowerCase());
}

function health(proxy) {
  if (!proxy.health) return h('span.faint', { title: 'It reports no health of an app' }, proxy.gateway ? '–' : 'unknown');
  return isIll(proxy.health) ? h('span.chip.bad', { title: proxy.health }, icon('alert'), 'unhealthy') : h('span.chip.ok', { title: proxy.health }, 'ready');
}

function certificate(proxy) {
  if (proxy.left === null) return h('span.faint', null, '–');
  const tone = proxy.left < 600 ? 'bad' : proxy.left < 3600 ? 'warn' : 'ok';
  return h('span.cert', { class: tone, title: `until ${proxy.certificateExpires}` }, h('span.cert-bar', null, h('span', { style: { width: `${Math.max(3, Math.min(100, (100 * proxy.left) / DAY))}%` } })), h('span', null, proxy.left > 0 ? span(proxy.left) : 'over'));
}

function details(proxy) {
  const facts = [['identity', proxy.identity ?? 'none (plaintext)'], ['node', proxy.id], ['connected', `${clock(proxy.connectedSince, false)} from ${proxy.address}, ${proxy.protocol}`],
    ['registered as', proxy.registration ?? 'not registered'], ['app', proxy.health ?? 'reports nothing'], ['certificate', proxy.certificateExpires ? `until ${proxy.certificateExpires}` : 'unknown']];
  return h('div.proxy-details', null,
    h('dl.facts', null, facts.map(([name, value]) => [h('dt', null, name), h('dd.mono', null, value)])),
    h('table.versions', null, h('thead', null, h('tr', null, ['', 'sent', 'accepted', 'when'].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', null, (proxy.resources ?? []).flatMap(type => [
        h('tr', null, h('th', { scope: 'row' }, shortName(type.typeUrl)), h('td.mono', null, type.versionSent || '–'), h('td.mono', { class: type.versionAcked === type.versionSent ? '' : 'warn' }, type.versionAcked || '–'), h('td.quiet', null, type.sentAt ? ago(type.sentAt) : '–')),
        type.nack ? h('tr', null, h('td'), h('td.mono', { colspan: '3', class: type.status === 'SYNCED' ? 'faint' : 'bad' }, `refused ${ago(type.nack.time)}: ${type.nack.reason}`)) : null]))));
}
