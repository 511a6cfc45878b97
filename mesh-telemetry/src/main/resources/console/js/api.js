// Asks mesh-telemetry, and knows whether it answers.

const BASE = '/weft/v1/';
const TIMEOUT = 10_000;
const listeners = new Set();
let since = null;

/** An answer that is not 2xx, with what it said. status 0: no answer at all. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** GET. Parameters that are empty are left out. */
export async function get(path, parameters, signal) {
  let answer;
  try {
    const timeout = AbortSignal.timeout(TIMEOUT);
    answer = await fetch(url(path, parameters), {
      headers: { accept: 'application/json' },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    reach(false);
    throw new Refused(0, 'mesh-telemetry does not answer');
  }
  reach(true);
  if (answer.ok) return answer.json();
  throw new Refused(answer.status, await reason(answer));
}

export function url(path, parameters) {
  const query = new URLSearchParams(Object.entries(parameters ?? {}).filter(([, v]) => v !== '' && v !== null && v !== undefined));
  return BASE + path + (query.size ? `?${query}` : '');
}

async function reason(answer) {
  const fallback = `${answer.status} ${answer.statusText}`.trim();
  try {
    const body = await answer.json();
    return body.message || body.detail || body.error || fallback;
  } catch {
    return fallback;
  }
}

function reach(answers) {
  if (answers === (since === null)) return;
  since = answers ? null : new Date();
  listeners.forEach(listener => listener(since));
}

/** Hears when mesh-telemetry goes away (with the time) and comes back (with null). */
export function onReach(listener) {
  listeners.add(listener);
}
