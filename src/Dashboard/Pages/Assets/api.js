// Calls of the API. What is refused is thrown with every fault that was named.

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? `The silo answered ${status}.`);
    this.status = status;
    this.errors = problem?.errors ?? {};
  }
}

const signedOut = new Set();

/** Calls back when the API asks for a key. */
export const onSignedOut = (listener) => signedOut.add(listener);

export async function call(method, path, body, { patienceSeconds = 15 } = {}) {
  let response;
  let text;
  try {
    response = await fetch(`api/v1/${path}`, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceSeconds * 1000),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch (error) {
    throw new ApiError(0, { detail: error.name === 'TimeoutError' ? `The silo did not answer in ${patienceSeconds} s.` : 'The silo does not answer.' });
  }
  if (response.status === 401) signedOut.forEach((listener) => listener());
  if (!response.ok) throw new ApiError(response.status, parsed(text));
  return parsed(text);
}

/** What is no JSON, such as a proxy's own page, says nothing that could be used. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const get = (path) => call('GET', path);
export const agentPath = (id) => `agents/${encodeURIComponent(id)}`;

/** Carries out an order on one agent. */
export function order(verb, id, options = {}) {
  const body = Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined && v !== ''));
  return verb === 'stop' ? call('DELETE', agentPath(id)) : call('POST', `${agentPath(id)}/${verb}`, body);
}
