// The page: its frame, and which view is shown. Every view has its own address, behind the #, so that it works below any path.
import { html, render, useEffect, useRef, useState, useFleet, say, Dialog, Toasts } from './ui.js';
import { fleet } from './fleet.js';
import { call, get, onSignedOut } from './api.js';
import { leave, run } from './live.js';
import { FleetView } from './views/fleet.js';
import { AgentView } from './views/agent.js';
import { ActionsView } from './views/actions.js';
import { CausesView } from './views/causes.js';
import { AlertsView } from './views/alerts.js';
import { ChartsView } from './views/charts.js';
import { SilosView } from './views/silos.js';
import { SpawnView } from './views/spawn.js';
import { SignIn } from './views/signin.js';

const views = [
  { path: '', name: 'Fleet', view: FleetView },
  { path: 'actions', name: 'Actions', view: ActionsView },
  { path: 'causes', name: 'Causes', view: CausesView },
  { path: 'alerts', name: 'Alerts', view: AlertsView },
  { path: 'charts', name: 'Charts', view: ChartsView },
  { path: 'silos', name: 'Silos', view: SilosView },
  { path: 'spawn', name: 'Spawn', view: SpawnView },
];

/** What is no encoded text stands for itself: there is no such agent, and the page says so. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [first, ...rest] = path.split('/').map(decoded);
  return { first, rest, query: new URLSearchParams(query ?? '') };
}

function useRoute() {
  const [at, go] = useState(route);
  useEffect(() => {
    const changed = () => go(route());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return at;
}

/** Whoever uses the keyboard or a screen reader begins a new view at its heading; not on arrival, nor while one view is searched. */
function useFocusOn(place) {
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    const heading = document.querySelector('main h1') ?? document.getElementById('main');
    heading.tabIndex = -1;
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }, [place]);
}

const lateRoundSeconds = 6;
const words = {
  connecting: ['Connecting', 'The fleet is being read.'],
  live: ['Live', 'What you see is what the supervisor knows.'],
  reconnecting: ['Reconnecting', 'The silo that served this page does not answer. What you see is getting old.'],
  stale: ['Stale', 'The fleet cannot be read at the moment. What you see is getting old.'],
};

function Badge() {
  const { state, why } = useFleet(500);
  const [word, meaning] = words[state];
  return html`<span class=${`badge b-${state}`} role="status" title=${why || meaning}><span class="dot" aria-hidden="true"></span>${word}</span>`;
}

/** Said when they come up, so nothing in them may count. */
function Banners() {
  const { overview, state, why } = useFleet(500);
  const notes = [];
  if (state === 'connecting' && why) notes.push(['bad', `The fleet cannot be read yet. ${why}`]);
  if (state === 'stale' || state === 'reconnecting') notes.push([state, `${words[state][1]} ${why}`]);
  for (const pulse of overview?.supervisors ?? []) {
    const name = overview.supervisors.length > 1 ? `Supervisor ${pulse.partition}` : 'The supervisor';
    if (pulse.hold) notes.push(['hold', `${name} judges nobody for silence at the moment: ${pulse.hold}.`]);
    else if (pulse.panic) notes.push(['hold', `${name} restarts slowly: ${pulse.panic}.`]);
    if (pulse.lastRoundAgeSeconds > lateRoundSeconds) notes.push(['bad', `${name} has finished no round for more than ${lateRoundSeconds} s; the view Charts says for how long.`]);
  }
  for (const order of overview?.maintenance ?? []) {
    const labels = Object.entries(order.labels).map(([n, v]) => `${n}=${v}`).join(', ');
    const end = order.until ? `until ${new Date(order.until).toLocaleString()}` : 'until that is ended';
    notes.push(['paused', `${labels ? `Agents with ${labels} rest` : 'The whole fleet rests'} ${end}, by ${order.actor}${order.reason ? `: ${order.reason}` : ''}.`]);
  }
  if (overview?.malformedRecords) notes.push(['bad', `${overview.malformedRecords} records in the store cannot be read; healing doctor says which.`]);
  return html`<div role="status">${notes.map(([sort, text]) => html`<p key=${text} class=${`banner n-${sort}`}>${text}</p>`)}</div>`;
}

async function signOut() {
  try {
    await call('DELETE', 'session');
  } catch (error) {
    say(`Signing out failed. ${error.message}`, true);
    return;
  }
  fleet.signedOut();
  leave();
  // An app may know its users without the cookie.
  await get('session').then((session) => fleet.setSession(session), () => {});
}

function Page() {
  const at = useRoute();
  const { session, state } = useFleet(500);
  const isAgent = at.first === 'agents' && Boolean(at.rest[0]);
  const current = views.find((v) => v.path === (isAgent ? '' : at.first)) ?? views[0];
  useFocusOn(isAgent ? `agents/${at.rest[0]}` : current.path);
  useEffect(() => {
    document.title = `${isAgent ? at.rest[0] : current.name} · OrleansHealing`;
  });
  useEffect(() => {
    document.body.classList.toggle('old', state === 'stale' || state === 'reconnecting');
    document.body.classList.toggle('read-only', session?.readOnly === true);
  }, [state, session?.readOnly]);
  if (fleet.isSignedOut) return html`<${SignIn} /><${Toasts} />`;
  return html`
    <a class="skip" href="#main" onClick=${(e) => { e.preventDefault(); document.getElementById('main').focus(); }}>To the content</a>
    <header>
      <a class="brand" href="#/" aria-label="OrleansHealing, the fleet"><svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M4 17h6l3-8 5 15 3-7h7" /></svg><b>OrleansHealing</b></a>
      <nav aria-label="Views">${views.map((v) => html`<a href=${`#/${v.path}`} aria-current=${v === current ? 'page' : undefined}>${v.name}</a>`)}${session?.orleansDashboard && html`<a href=${session.orleansDashboard} class="out">Orleans</a>`}</nav>
      ${session?.readOnly && html`<span class="tag">read-only</span>`}
      ${session?.required && html`<button type="button" class="quiet" onClick=${signOut}>Sign out</button>`}
      <${Badge} />
    </header>
    <${Banners} />
    <main id="main" tabindex="-1">
      ${isAgent ? html`<${AgentView} id=${at.rest[0]} key=${at.rest[0]} />` : html`<${current.view} query=${at.query} />`}
    </main>
    <${Dialog} /><${Toasts} />`;
}

onSignedOut(() => {
  fleet.signedOut();
  leave();
});
const app = document.getElementById('app');
app.replaceChildren();
render(html`<${Page} />`, app);
get('session').then((session) => fleet.setSession(session), () => fleet.setSession(null)).finally(run);
