// The live stream: a snapshot, then what changes. Read by fetch and not by EventSource, which could neither say where it was
// when it begins anew on another silo nor tell a refusal from a broken line.
import { fleet } from './fleet.js';

const quiet = 20000; // The server says something every 15 s.
let lastId = '';

async function read(onEvent) {
  const ended = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ended.abort(), quiet);
  };
  alive();
  try {
    const response = await fetch('api/v1/live', { cache: 'no-store', signal: ended.signal, headers: lastId ? { 'Last-Event-ID': lastId } : {} });
    if (!response.ok) {
      if (response.status === 401) fleet.signedOut();
      throw new Error(`The silo answered ${response.status}.`);
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      buffer += value;
      for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
        dispatch(buffer.slice(0, end), onEvent);
        buffer = buffer.slice(end + 2);
      }
    }
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

function dispatch(block, onEvent) {
  const event = { type: 'message', data: '' };
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) event.id = line.slice(4);
    else if (line.startsWith('event: ')) event.type = line.slice(7);
    else if (line.startsWith('data: ')) event.data += line.slice(6);
  }
  if (event.data) onEvent(event);
}

function take(event) {
  const data = JSON.parse(event.data);
  if (event.type === 'stale') {
    lastId = '';
    fleet.growOld(data);
    return;
  }
  lastId = event.id;
  fleet.apply(data, event.type === 'snapshot');
}

/** Another silo that answers, of those that were there a moment ago. */
async function findOther() {
  for (const silo of fleet.silos.filter((s) => s.url && s.status === 'active')) {
    const url = new URL(silo.url);
    if (url.origin === location.origin) continue;
    try {
      await fetch(new URL('alive', `${url.origin}/`), { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(1500) });
      return silo;
    } catch {
      // Dead too, or out of reach from here.
    }
  }
  return null;
}

/** Reads for as long as the page is there. A silo that is gone is left for another one, at the same view. */
export async function run() {
  for (let attempt = 0; ; attempt++) {
    try {
      await read((event) => {
        attempt = 0;
        take(event);
      });
    } catch {
      // The line broke, or was never there: below.
    }
    fleet.disconnected();
    if (attempt >= 2) {
      const other = await findOther();
      if (other) {
        location.replace(`${new URL(other.url).origin}${location.pathname}${location.hash}`);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(300 * 2 ** attempt, 5000)));
  }
}
