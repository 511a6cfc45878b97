// Lines as they come: first what is kept, then the stream, and after a gap what was missed.
import { get, url } from '../api.js';

const KEPT = 300;
const RETRY = [1000, 2000, 5000, 10_000];

/**
 * @param filters for the server
 * @param on {lines(items), dropped(n of the server's store), missed(n that this page was too slow for), state('open'|'lost', why)}
 * @returns stop
 */
export function follow(filters, on) {
  const aborting = new AbortController();
  let source = null;
  let timer = 0;
  let failures = 0;

  async function begin() {
    clearTimeout(timer);
    source?.close();
    // The stream first, so that nothing falls between the two; lines that come twice have the same id.
    source = new EventSource(url('logs/stream', filters));
    source.addEventListener('log', event => {
      const line = parsed(event.data);
      if (line) on.lines([ready(line)]);
    });
    source.addEventListener('dropped', event => on.missed(parsed(event.data)?.count ?? 0));
    source.addEventListener('open', () => {
      failures = 0;
      on.state('open');
    });
    source.addEventListener('error', lost);
    try {
      const { items, dropped } = await get('logs', { ...filters, limit: KEPT }, aborting.signal);
      on.lines(items.map(ready));
      on.dropped(dropped);
    } catch (problem) {
      if (!aborting.signal.aborted) lost(problem);
    }
  }

  function lost(problem) {
    source?.close();
    on.state('lost', problem instanceof Error ? problem.message : null);
    clearTimeout(timer);
    timer = setTimeout(begin, RETRY[Math.min(failures++, RETRY.length - 1)]);
  }

  const retry = () => begin();
  document.addEventListener('weft-retry', retry);
  begin();
  return () => {
    clearTimeout(timer);
    aborting.abort();
    source?.close();
    document.removeEventListener('weft-retry', retry);
  };
}

/** With a time to compare by: as text, 07.1Z would come after 07.12Z. */
const ready = line => ({ ...line, id: String(line.id), at: Date.parse(line.time) });

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
