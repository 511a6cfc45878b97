// Who is connected to mesh-pilot, whether each has what it was sent, and how long its certificate lasts.
import { get } from '../api.js';
import { empty, fill, h, icon } from '../dom.js';
import { ago, plural } from '../format.js';
import { poll } from '../poll.js';
import { note } from '../route.js';
import { certificate, details, health, state } from './cells.js';
import { columns, read, shortName } from './model.js';

const EVERY = 5000;

export function proxiesView(place, route) {
  let search = route.filters.q ?? '';
  let trouble = route.filters.trouble === 'true';
  let proxies = null;
  const open = new Set();

  const find = h('input.input', {
    type: 'search',
    placeholder: 'find a proxy',
    'aria-label': 'Find a proxy',
    value: search,
    oninput: () => {
      search = find.value;
      change();
    },
  });
  const only = h('input', {
    type: 'checkbox',
    onchange: () => {
      trouble = only.checked;
      change();
    },
  });
  only.checked = trouble;
  const summary = h('div.proxy-summary');
  const body = h('div.page', null, h('div.loading', null, 'Asking…'));
  const away = h('div.proxy-away', { hidden: true });
  place.append(
    h('div.toolbar', null, find, h('label.check', null, only, 'trouble only'), h('div.end', null, summary)),
    h('div.scroll', null, away, body),
  );

  const asking = poll(
    async signal => {
      const answer = await get('proxies', {}, signal);
      proxies = (Array.isArray(answer) ? answer : (answer.items ?? [])).map(read).sort((a, b) => a.order.localeCompare(b.order));
      away.hidden = true;
      show();
    },
    EVERY,
    problem => {
      if (!proxies)
        return fill(
          body,
          empty(
            'alert',
            'mesh-pilot is not there',
            h('p', null, problem.message),
            h('p.faint', null, 'Proxies go on with the configuration they have.'),
          ),
        );
      away.hidden = false;
      fill(away, icon('alert'), `Not fresh: ${problem.message}`);
    },
  );

  function change() {
    note({ q: search, trouble });
    if (proxies) show();
  }

  function show() {
    const bad = proxies.filter(proxy => proxy.trouble.length).length;
    fill(
      summary,
      h('span.quiet', null, `${plural(proxies.length, 'proxy', 'proxies')}`),
      bad
        ? h('span.chip.bad', null, icon('alert'), `${bad} in trouble`)
        : proxies.length
          ? h('span.chip.ok', null, icon('check'), 'all in sync')
          : null,
    );
    if (!proxies.length)
      return fill(
        body,
        empty(
          'gateway',
          'No proxy is connected',
          h('p', null, 'Sidecars and gateways appear here when they ask mesh-pilot for their configuration.'),
        ),
      );
    const words = search.trim().toLowerCase();
    const shown = proxies.filter(
      proxy =>
        (!trouble || proxy.trouble.length) &&
        (!words || `${proxy.workload}.${proxy.namespace} ${proxy.id} ${proxy.identity}`.toLowerCase().includes(words)),
    );
    if (!shown.length) return fill(body, empty('check', trouble && !words ? 'No trouble' : 'No such proxy'));
    const types = columns(proxies);
    const focused = document.activeElement?.dataset?.proxy;
    fill(
      body,
      h(
        'div.card.proxy-card',
        null,
        h(
          'table.proxies',
          null,
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              ['Proxy', 'Connected', 'App', ...types.map(([, name]) => name), 'Certificate'].map((name, i) =>
                h('th', { scope: 'col', class: i > 2 && i < types.length + 3 ? 'proxy-type' : '' }, name),
              ),
            ),
          ),
          h(
            'tbody',
            null,
            shown.flatMap(proxy => rows(proxy, types)),
          ),
        ),
      ),
    );
    if (focused) body.querySelector(`[data-proxy="${CSS.escape(focused)}"]`)?.focus();
  }

  function rows(proxy, types) {
    const shown = open.has(proxy.id);
    const name = h(
      'button.proxy-name',
      {
        type: 'button',
        'data-proxy': proxy.id,
        'aria-expanded': String(shown),
        onclick: () => {
          if (shown) open.delete(proxy.id);
          else open.add(proxy.id);
          show();
        },
      },
      icon('chevron'),
      h('span.proxy-icon', null, icon(proxy.gateway ? 'gateway' : 'workload')),
      h('span.cut', null, h('b', null, proxy.workload), h('span.faint', null, `.${proxy.namespace}`)),
    );
    const line = h(
      'tr',
      { class: proxy.trouble.length ? 'troubled' : '' },
      h('td', null, name),
      h('td.quiet', { title: proxy.connectedSince, 'data-name': 'Connected' }, ago(proxy.connectedSince)),
      h('td', { 'data-name': 'App' }, health(proxy)),
      types.map(([url, label]) => h('td.proxy-type', { 'data-name': label }, state(proxy.byType.get(url)))),
      h('td', { 'data-name': 'Certificate' }, certificate(proxy)),
    );
    const wide = types.length + 4;
    const nacks = proxy.refusals
      .filter(type => type.status !== 'SYNCED')
      .map(type =>
        h(
          'tr.proxy-nack',
          null,
          h(
            'td',
            { colspan: wide },
            h(
              'div',
              null,
              icon('alert'),
              h(
                'span',
                null,
                h('b', null, `refuses ${shortName(type.typeUrl)}: `),
                h('span.mono', null, type.nack.reason),
                h('span.faint', null, ` ${ago(type.nack.time)}`),
              ),
            ),
          ),
        ),
      );
    return [line, ...(shown ? [h('tr.proxy-more', null, h('td', { colspan: wide }, details(proxy)))] : nacks)];
  }

  return () => asking.stop();
}
