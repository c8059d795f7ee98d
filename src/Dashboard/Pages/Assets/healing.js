// Asks the API once a second. Everything from the fleet is written as text, never as HTML.
const shown = 100;
const beating = new Set(['healthy', 'stale']); // Only these have a body that could be crashed.
const at = (id) => document.getElementById(id);

function make(tag, text, set = {}) {
  const element = Object.assign(document.createElement(tag), set);
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
}

function cell(content, name) {
  const td = make('td', typeof content === 'object' ? undefined : content);
  if (content instanceof Node) td.append(content);
  if (name) td.dataset.name = name;
  return td;
}

function row(...cells) {
  const tr = make('tr');
  tr.append(...cells);
  return tr;
}

const status = (word) => make('span', word, { className: `status ${word.replace(/[^a-z-]/g, '')}` });
const link = (text, href) => make('a', text, { href });

async function ask(path, options) {
  const response = await fetch(`api/v1/${path}`, { cache: 'no-store', signal: AbortSignal.timeout(10000), ...options });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? response.statusText);
  return answer;
}

function say(text, isBad = false) {
  at('state').textContent = text;
  at('state').classList.toggle('bad', isBad);
}

async function crash(id, button) {
  if (button.ariaBusy === 'true') return;
  button.ariaBusy = 'true'; // Not disabled, which would drop the focus.
  try {
    const body = JSON.stringify({ mode: 'exception' });
    await ask(`agents/${encodeURIComponent(id)}/crash`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    await show();
  } catch (error) {
    notice = { text: `${id}: ${error.message}`, until: Date.now() + 5000 };
    say(notice.text, true);
  } finally {
    button.ariaBusy = 'false';
  }
}

// Rows stay where they are and only their other cells are new, so that a button keeps its focus while the page is refreshed.
function showAgents(items) {
  const body = at('agents');
  const rows = new Map([...body.children].map((tr) => [tr.dataset.id, tr]));
  const wanted = items.map((agent) => {
    const tr = rows.get(agent.id) ?? row();
    if (!tr.dataset.id) {
      tr.dataset.id = agent.id;
      const button = make('button', 'Crash', { type: 'button', title: `Force an exception in ${agent.id}` });
      button.addEventListener('click', () => crash(agent.id, button));
      tr.append(cell(button));
    }
    tr.querySelector('button').hidden = !beating.has(agent.status);
    while (tr.children.length > 1) tr.firstChild.remove();
    tr.prepend(
      cell(link(agent.id, `api/v1/agents/${encodeURIComponent(agent.id)}`)), cell(status(agent.status)),
      cell(agent.silo, 'on'), cell(agent.totalRestarts, 'restarts'),
      cell(agent.lastFailure && make('span', `${agent.lastFailure.reason}: ${agent.lastFailure.message}`)));
    return tr;
  });
  if (wanted.length !== body.children.length || wanted.some((tr, i) => tr !== body.children[i])) body.replaceChildren(...wanted);
}

function showAction(action) {
  const li = make('li');
  li.append(make('time', new Date(action.at).toLocaleTimeString(), { dateTime: action.at }), ' ', make('strong', action.agentId ?? '(all)'), ` ${action.action}: `, action.details);
  return li;
}

function showMaintenance(orders) {
  at('maintenance').hidden = orders.length === 0;
  at('maintenance').textContent = orders.map((order) => {
    const labels = Object.entries(order.labels).map(([name, value]) => `${name}=${value}`).join(', ');
    const end = order.until ? `until ${new Date(order.until).toLocaleString()}` : 'until that is ended';
    return `${labels ? `Agents with ${labels} are` : 'The whole fleet is'} paused ${end}, by ${order.actor}${order.reason ? `: ${order.reason}` : ''}.`;
  }).join(' ');
}

let notice = { text: '', until: 0 };

async function show() {
  const [overview, agents, silos, actions] = await Promise.all([
    ask('overview'), ask(`agents?limit=${shown}`), ask('silos'), ask('actions?limit=20')]);
  showAgents(agents.items);
  showMaintenance(overview.maintenance);
  at('more').hidden = !agents.nextCursor;
  at('more').textContent = `The first ${agents.items.length} of ${overview.agents}.`;
  at('silos').replaceChildren(...silos.items.map((silo) => row(
    cell(silo.url && /^https?:/.test(silo.url) ? link(silo.name, silo.url) : silo.name), cell(status(silo.status)), cell(silo.pid, 'pid'), cell(silo.agents, 'agents'))));
  at('actions').replaceChildren(...(actions.items.length ? actions.items.map(showAction) : [make('li', 'Nothing yet.', { className: 'none' })]));
  const counts = Object.entries(overview.byStatus).filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  if (Date.now() > notice.until) say(`${overview.agents} ${overview.agents === 1 ? 'agent' : 'agents'} (${counts.join(', ') || 'none'}), ${overview.restarts} restarts`);
}

async function run() {
  try {
    if (!document.hidden) await show();
  } catch (error) {
    say(`Out of date: ${error.message}`, true);
  }
  setTimeout(run, 1000);
}

run();
