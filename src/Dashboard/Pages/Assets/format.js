// Times, spans and counts in words. Spans are in seconds.

/** 0.012 → "12 ms", 4.2 → "4.2 s", 131 → "2 min 11 s". */
export function span(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–';
  const s = Math.abs(seconds);
  if (s < 0.0095) return `${trim(s * 1000, 1)} ms`;
  if (s < 0.9995) return `${Math.round(s * 1000)} ms`;
  if (s < 59.95) return `${trim(s, 1)} s`;
  const whole = Math.round(s);
  if (whole < 3600) return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86400) return two(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return two(Math.floor(whole / 86400), 'd', Math.floor((whole % 86400) / 3600), 'h');
}

const trim = (value, digits) => String(Number(value.toFixed(digits)));
const two = (a, unitA, b, unitB) => (b ? `${a} ${unitA} ${b} ${unitB}` : `${a} ${unitA}`);

/** 1 → "1 agent", 1200 → "1,200 agents". */
export const count = (n, noun) => `${n.toLocaleString('en')} ${n === 1 ? noun : `${noun}s`}`;

/** The reader's own clock; with the day when that is another. */
export function clock(iso, now = Date.now()) {
  const at = new Date(iso);
  const time = at.toLocaleTimeString([], { hour12: false });
  return at.toDateString() === new Date(now).toDateString() ? time : `${at.toLocaleDateString()} ${time}`;
}

export const seconds = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;

/** How long ago, by the store's clock. */
export const ago = (iso, now) => `${span((now - Date.parse(iso)) / 1000)} ago`;

export const statusWord = (status) => status.replace('-', ' ');

/** Every status, what needs a look first. */
export const statuses = ['quarantined', 'stale', 'backing-off', 'restarting', 'starting', 'healthy', 'paused', 'stopped', 'completed'];

/** Whether an agent should be at work and is not. */
export const isDown = ({ status }) => ['quarantined', 'stale', 'backing-off', 'restarting'].includes(status);

/** Whether it is down, or up again for not long enough to be trusted. */
export const isFailing = (tile) => Boolean(tile.lastFailure) && (isDown(tile) || tile.failures > 0);

/** What a shell takes as one word. */
export const quoted = (text) => (/^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
