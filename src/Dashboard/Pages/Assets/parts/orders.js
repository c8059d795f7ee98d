// What a person orders of agents.
import { ask, say } from '../ui.js';
import { call, order } from '../api.js';

const atOnce = 1000; // What the API takes in one request.

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
  ...(values.seconds && { forSeconds: Number(values.seconds) }),
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

/** Orders the same of many agents, some at a time, and tells how many it was done of. */
export async function giveAll(verb, ids) {
  const what = verbs[verb];
  const n = ids.length;
  const agents = n === 1 ? '1 agent' : `${n.toLocaleString('en')} agents`;
  const values = await ask({ title: `${what.name}: ${agents}?`, text: `This is ordered of ${agents}.`, fields: what.fields, yes: `${what.yes} (${n.toLocaleString('en')})`, isGrave: what.isGrave || n > 100 });
  if (!values) return false;
  let done = 0;
  const failed = [];
  try {
    for (let from = 0; from < n; from += atOnce) {
      const answer = await call('POST', 'commands', { command: verb === 'stop' ? 'remove' : verb, ids: ids.slice(from, from + atOnce), ...bodyOf(values) });
      done += answer.done;
      failed.push(...answer.failed.map((f) => `${f.id}: ${f.message}`));
    }
  } catch (error) {
    failed.push(error.message);
  }
  say(`${what.name}: done of ${done.toLocaleString('en')} of ${agents}.${failed.length ? ` ${failed[0]}` : ''}`, failed.length > 0);
  return true;
}
