// Starts the page: theme, status, and one view at a time.
import { fill, h } from './dom.js';
import { read } from './route.js';
import { startStatus } from './status.js';
import { startTheme } from './theme.js';
import { graphView } from './graph/view.js';
import { tracesView } from './traces/list.js';
import { traceView } from './traces/trace.js';
import { logView } from './log/view.js';
import { proxiesView } from './proxies/view.js';

const main = document.getElementById('main');

// Each takes (place, route) and returns how to leave.
const VIEWS = {
  graph: ['Graph', graphView],
  traces: ['Traces', (place, route) => (route.rest[0] ? traceView : tracesView)(place, route)],
  log: ['Log', logView],
  proxies: ['Proxies', proxiesView],
};

let leave = () => {};

function show() {
  const route = read();
  const [title, open] = VIEWS[route.view] ?? VIEWS.graph;
  leave();
  document.title = `${title} · Weft`;
  for (const tab of document.querySelectorAll('.tabs a')) {
    if (tab.dataset.view === route.view) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  const place = h('div.view');
  fill(main, place);
  leave = open(place, route);
}

startStatus(document.getElementById('pulse'), document.getElementById('banner'));
startTheme(document.getElementById('theme'));
document.querySelector('[data-skip]').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', show);
show();
