// Numbers and times as people read them.

const two = n => String(n).padStart(2, '0');

/** Per second. */
export function rate(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0/s';
  if (value < 0.01) return '<0.01/s';
  if (value < 10) return `${value.toFixed(value < 1 ? 2 : 1)}/s`;
  if (value < 10000) return `${Math.round(value)}/s`;
  return `${(value / 1000).toFixed(1)}k/s`;
}

/** Milliseconds. */
export function duration(ms) {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0.01) return '0 ms';
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
  return `${(ms / 60000).toFixed(1)} min`;
}

export function share(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0 %';
  const percent = value * 100;
  if (percent < 0.1) return '<0.1 %';
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

export function bytes(n) {
  if (!Number.isFinite(n)) return '–';
  if (n < 1000) return `${n} B`;
  if (n < 1e6) return `${(n / 1000).toFixed(1)} kB`;
  return `${(n / 1e6).toFixed(1)} MB`;
}

/** A cluster-local host by its short name; the rest of a name is noise on this page. */
export const short = name => String(name ?? '').replaceAll('.svc.cluster.local', '');

export const count = n => (Number.isFinite(n) ? n.toLocaleString('en') : '–');

/** 14:03:07.412, in the reader's own zone. */
export function clock(iso, millis = true) {
  const t = new Date(iso);
  if (Number.isNaN(t.getTime())) return '–';
  const hms = `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
  return millis ? `${hms}.${String(t.getMilliseconds()).padStart(3, '0')}` : hms;
}

/** A span of time in its one or two largest units. */
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export const ago = iso => `${span((Date.now() - new Date(iso).getTime()) / 1000)} ago`;

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** ok, warn or bad. */
export const statusTone = status => (status >= 500 || status === 0 ? 'bad' : status >= 400 ? 'warn' : 'ok');
export const errorTone = errors => (errors >= 0.05 ? 'bad' : errors > 0 ? 'warn' : 'ok');
