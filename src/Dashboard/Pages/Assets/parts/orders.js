// What a person orders of agents.
import { ask, say } from '../ui.js';
import { call, order } from '../api.js';

const atOnce = 100; // Few enough for a slow store to carry out in time.
const patienceSeconds = 60;

export const modes = [
  { value: 'exception', label: 'exception: its body throws' },
  { value: 'exit', label: 'exit: its body ends without a word' },
  { value: 'silent', label: 'silent: it stops beating' },
  { value: 'hang', label: 'hang: it beats and does not get on' },
  { value: 'block', label: 'block: it blocks its thread' },
];

const reason = { name: 'reason', label: 'Why (kept in the log)', hint: 'optional' };
export const verbs = {
  crash: { name: 'Crash', fields: [{ name: 'mode', label: 'How', choices: modes }], yes: 'Crash it', isGrave: true },
  restart: { name: 'Restart', fields: [reason], yes: 'Restart' },
  pause: { name: 'Pause', fields: [{ name: 'seconds', label: 'For how many seconds (empty: until resumed)', hint: '3600' }, reason], yes: 'Pause' },
  resume: { name: 'Resume', fields: [reason], yes: 'Resume' },
  release: { name: 'Release', fields: [reason], yes: 'Release' },
  stop: { name: 'Stop and forget', fields: [], yes: 'Stop and forget', isGrave: true },
};

/** Which orders make sense for an agent of a status. */
export function possible(status) {
  switch (status) {
    case 'healthy': case 'stale': return ['crash', 'restart', 'pause', 'stop'];
    case 'quarantined': return ['release', 'stop'];
    case 'paused': return ['resume', 'stop'];
    case 'stopped': case 'completed': return ['restart', 'stop'];
    default: return ['restart', 'pause', 'stop'];
  }
}

const bodyOf = (values) => ({
  ...(values.mode && { mode: values.mode }),
  ...(values.reason && { reason: values.reason }),
  // What is no number goes out as it was typed, and is refused: as null it would be a pause without an end.
  ...(values.seconds && { forSeconds: Number.isFinite(Number(values.seconds)) ? Number(values.seconds) : values.seconds }),
});

/** Asks, and orders it of one agent. */
export async function give(verb, id) {
  const what = verbs[verb];
  const values = await ask({ title: `${what.name} ${id}?`, text: verb === 'stop' ? 'Its records and checkpoints are deleted.' : undefined, fields: what.fields, yes: what.yes, isGrave: what.isGrave });
  if (!values) return;
  try {
    say((await order(verb, id, bodyOf(values))).message);
  } catch (error) {
    say(`${id}: ${error.message}`, true);
  }
}

export async function crash(id) {
  try {
    say((await order('crash', id, { mode: 'exception' })).message);
  } catch (error) {
    say(`${id}: ${error.message}`, true);
  }
}

/** A silo that did not answer, or could not reach its store, may have carried the order out. */
const isDoubtful = (status) => !(status >= 400 && status < 500);

/** Orders the same of many agents, some at a time, and tells of how many it was done. Gives back of whom, or null when it was not ordered. */
export async function giveAll(verb, ids) {
  const what = verbs[verb];
  const n = ids.length;
  const agents = n === 1 ? '1 agent' : `${n.toLocaleString('en')} agents`;
  const values = await ask({ title: `${what.name}: ${agents}?`, text: `This is ordered of ${agents}.`, fields: what.fields, yes: `${what.yes} (${n.toLocaleString('en')})`, isGrave: what.isGrave || n > 100 });
  if (!values) return null;
  const done = new Set();
  let [failed, unknown, asked] = [0, 0, 0];
  let why = '';
  while (asked < n) {
    const batch = ids.slice(asked, asked + atOnce);
    try {
      const answer = await call('POST', 'commands', { command: verb === 'stop' ? 'remove' : verb, ids: batch, ...bodyOf(values) }, { patienceSeconds });
      const refused = new Map(answer.failed.map((f) => [f.id, f]));
      batch.filter((id) => !refused.has(id)).forEach((id) => done.add(id));
      const doubtful = answer.failed.filter((f) => isDoubtful(f.status)).length;
      unknown += doubtful;
      failed += answer.failed.length - doubtful;
      if (!why && answer.failed.length > 0) why = `${answer.failed[0].id}: ${answer.failed[0].message}`;
      asked += batch.length;
    } catch (error) {
      // What is wrong with one request is wrong with the next.
      if (isDoubtful(error.status)) unknown += batch.length;
      else failed += batch.length;
      asked += batch.length;
      why = error.message;
      break;
    }
  }
  const parts = [[failed, 'failed'], [unknown, 'not known'], [n - asked, 'not ordered']].filter(([many]) => many > 0).map(([many, word]) => `${word}: ${many.toLocaleString('en')}`);
  say(`${what.name}: done of ${done.size.toLocaleString('en')} of ${agents}${parts.length ? `; ${parts.join(', ')}` : ''}.${why && ` ${why}`}`, done.size < n);
  return done;
}
