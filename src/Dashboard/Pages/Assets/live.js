// The live stream: a snapshot, then what changes. Read by fetch and not by EventSource, which could neither say where it was
// when it begins anew on another silo nor tell a refusal from a broken line.
import { ApiError, parsed } from './api.js';
import { fleet } from './fleet.js';

const leastPatience = 20000; // The server says something every 15 s, unless it was told to be quieter.
const left = new Error('The stream was left.');
let lastId = '';
let stream = null;

/** Ends the stream, and forgets where it was: whoever comes next is told everything. */
export function leave() {
  lastId = '';
  stream?.abort(left);
}

async function read(onEvent) {
  const ended = new AbortController();
  stream = ended;
  let timer;
  let heardAt = performance.now();
  let longest = 0;
  const alive = () => {
    const now = performance.now();
    longest = Math.max(longest, now - heardAt);
    heardAt = now;
    clearTimeout(timer);
    timer = setTimeout(() => ended.abort(), Math.max(leastPatience, 3 * longest));
  };
  alive();
  try {
    const response = await fetch('api/v1/live', { cache: 'no-store', signal: ended.signal, headers: lastId ? { 'Last-Event-ID': lastId } : {} });
    if (!response.ok) throw new ApiError(response.status, parsed(await response.text()));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = '';
    for (;;) {
      const { done, value } = await reader.read();
      ended.signal.throwIfAborted();
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
  lastId = ''; // After a change that could not be taken, all is told anew.
  fleet.apply(data, event.type === 'snapshot');
  lastId = event.id;
}

const originOf = (url) => (URL.canParse(url) ? new URL(url).origin : null);

// The page's policy lists the silos that there were when it was loaded; one that joined later cannot be asked from here.
const unasked = new Set();
document.addEventListener('securitypolicyviolation', (event) => unasked.add(originOf(event.blockedURI)));

/** The page of another silo that answers, of those that were there a moment ago; failing that, of one that could not be asked. */
async function findOther() {
  const silos = fleet.silos.map((s) => ({ origin: originOf(s.url), isActive: s.status === 'active' }));
  const origin = await findAnswering(silos.filter((s) => s.isActive && s.origin && s.origin !== location.origin).map((s) => s.origin));

  // Silos have the page at one path, and an application of another kind may have it at its own.
  const path = silos.some((s) => s.origin === location.origin) ? location.pathname : '/';
  return origin && `${origin}${path}`;
}

async function findAnswering(origins) {
  for (const origin of origins) {
    try {
      await fetch(new URL('alive', `${origin}/`), { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(1500) });
      return origin;
    } catch {
      // Dead too, or out of reach from here.
    }
  }
  return origins.find((origin) => unasked.has(origin));
}

/** Reads for as long as the page is there. A silo that is gone is left for another one, at the same view. */
export async function run() {
  let failed = 0; // Readings in a row that told nothing.
  let gone = 0; // As many of the last of them as another silo may do better at: a refusal would be the same there.
  for (;;) {
    await fleet.whenSignedIn();
    let error = null;
    try {
      await read((event) => {
        take(event);
        failed = gone = 0;
      });
    } catch (e) {
      error = e; // The line broke, or was never there.
    }
    if (error === left) continue;
    if (error?.status === 401) {
      fleet.signedOut();
      continue;
    }
    failed++;
    if (error instanceof ApiError) fleet.refused(error.message);
    else fleet.disconnected();
    gone = error instanceof ApiError && error.status !== 503 ? 0 : gone + 1;
    const other = gone >= 3 && await findOther();
    if (other) {
      location.replace(`${other}${location.hash}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(300 * 2 ** (failed - 1), 5000)));
  }
}
