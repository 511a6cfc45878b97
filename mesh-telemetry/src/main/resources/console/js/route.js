// The address bar: #/view/rest?filters. Filters live there, so that a view can be kept, sent and gone back to.

export function read() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, ...rest] = path.split('/');
  return { view: view || 'graph', rest: rest.map(decode), filters: Object.fromEntries(new URLSearchParams(query ?? '')) };
}

// A hash somebody typed need not be well formed.
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function link(view, filters = {}, ...rest) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, v]) => v !== '' && v !== null && v !== undefined && v !== false));
  return `#/${[view, ...rest.map(encodeURIComponent)].join('/')}${query.size ? `?${query}` : ''}`;
}

/** Notes the filters of the view that is shown, without leaving it or adding to the history. */
export function note(filters) {
  const now = read();
  history.replaceState(null, '', link(now.view, filters, ...now.rest));
}
