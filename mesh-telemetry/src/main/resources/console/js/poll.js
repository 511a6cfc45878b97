// Asks again and again, but not while nobody looks, and ever more seldom while nobody answers.

const SLOWEST = 30_000;

/**
 * Calls ask(signal) now and then `every` ms after each answer. Returns {now, stop}.
 * @param ask must throw when it fails
 * @param failed hears of a failure
 */
export function poll(ask, every, failed) {
  let timer = 0;
  let failures = 0;
  let running = null;
  let stopped = false;

  async function run() {
    clearTimeout(timer);
    running?.abort();
    const mine = (running = new AbortController());
    try {
      await ask(mine.signal);
      failures = 0;
    } catch (problem) {
      if (mine.signal.aborted || stopped) return;
      failures++;
      failed(problem);
    }
    if (running === mine && !stopped && !document.hidden) timer = setTimeout(run, Math.min(SLOWEST, every * 2 ** Math.min(failures, 5)));
  }

  const look = () => {
    if (!document.hidden && !stopped) run();
  };
  const retry = () => run();
  document.addEventListener('visibilitychange', look);
  document.addEventListener('weft-retry', retry);
  run();
  return {
    now: run,
    stop() {
      stopped = true;
      clearTimeout(timer);
      running?.abort();
      document.removeEventListener('visibilitychange', look);
      document.removeEventListener('weft-retry', retry);
    },
  };
}
