#!/usr/bin/env node
// The same as worker.py in Node 18 or later: counts to its argument, one number a tenth of a second.
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const { HEALING_URL, HEALING_AGENT, HEALING_INCARNATION, HEALING_HEARTBEAT, HEALING_TOKEN } = process.env;
const incarnation = Number(HEALING_INCARNATION);
const headers = { 'Content-Type': 'application/json', ...(HEALING_TOKEN && { Authorization: `Bearer ${HEALING_TOKEN}` }) };

async function call(method, path, body) {
  const answer = await fetch(`${HEALING_URL}/api/v1/agents/${HEALING_AGENT}${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

for (let done = (await call('GET', `/checkpoint?incarnation=${incarnation}`)) ?? 0; done < Number(process.argv[2]);) {
  await setTimeout(100);
  done++;
  await call('PUT', '/checkpoint', { incarnation, state: done });
  appendFileSync(HEALING_HEARTBEAT, `${JSON.stringify({ progress: { done } })}\n`);
}
