// The silos: who hosts what, draining, and in development killing.
import { html, useFleet, Status, Command, Empty, Scroll, ask, say } from '../ui.js';
import { call } from '../api.js';
import { ago, isDown, quoted } from '../format.js';
import { term } from '../query.js';

async function drain(name, isOn) {
  const values = isOn ? await ask({ title: `Drain ${name}?`, text: 'Its agents are moved one after the other, with no failure counted, and it is given no other.', fields: [{ name: 'reason', label: 'Why (kept with the order)', hint: 'optional' }], yes: 'Drain' }) : {};
  if (!values) return;
  try {
    const path = `silos/${encodeURIComponent(name)}/drain`;
    say((await (isOn ? call('POST', path, values.reason ? { reason: values.reason } : {}) : call('DELETE', path))).message);
  } catch (error) {
    say(`${name}: ${error.message}`, true);
  }
}

async function kill(name, agents) {
  const yes = await ask({ title: `Kill ${name}?`, text: `Its process ends at once, as by kill -9, and its ${agents === 1 ? 'agent comes' : `${agents.toLocaleString('en')} agents come`} back on another silo. For development.`, yes: 'Kill', isGrave: true });
  if (!yes) return;
  try {
    say((await call('POST', `silos/${encodeURIComponent(name)}/kill`)).message);
  } catch (error) {
    say(`${name}: ${error.message}`, true);
  }
}

const isWeb = (url) => /^https?:/.test(url ?? '');

export function SilosView() {
  const fleet = useFleet(500);
  const supervises = new Map((fleet.overview?.supervisors ?? []).map((p) => [p.silo, p.partition]));
  const bySilo = new Map();
  for (const tile of fleet.tiles) {
    if (!tile?.silo) continue;
    if (!bySilo.has(tile.silo)) bySilo.set(tile.silo, []);
    bySilo.get(tile.silo).push(tile);
  }
  return html`<div class="title"><h1>Silos</h1>${fleet.session?.orleansDashboard && html`<a class="out" href=${fleet.session.orleansDashboard}>Orleans Dashboard</a>`}</div>
    <${Command} text="healing silos" />
    ${fleet.silos.length === 0 ? html`<${Empty} title="No silo has registered yet" />` : html`<${Scroll} name="Silos"><table class="panel">
      <thead><tr><th scope="col">Silo</th><th scope="col">Status</th><th scope="col">Agents</th><th scope="col">Not well</th><th scope="col">Process</th><th scope="col">Up since</th><th scope="col"><span class="hidden">Orders</span></th></tr></thead>
      <tbody>${fleet.silos.map((silo) => {
        const own = bySilo.get(silo.name) ?? [];
        const sick = own.filter(isDown).length;
        return html`<tr key=${silo.address}>
          <td>${isWeb(silo.url) ? html`<a href=${silo.url}>${silo.name}</a>` : silo.name}${supervises.has(silo.name) ? html` <span class="tag">supervisor</span>` : ''}</td>
          <td><${Status} of=${silo.status} />${silo.drain ? html`<div class="soft">by ${silo.drain.actor}${silo.drain.reason ? `: ${silo.drain.reason}` : ''}</div>` : ''}</td>
          <td class="number"><a href=${`#/?q=${encodeURIComponent(term('silo', silo.name))}`}>${silo.agents.toLocaleString('en')}</a></td>
          <td class="number">${sick || '–'}</td>
          <td>${silo.pid} <span class="soft">on ${silo.machine}</span></td>
          <td>${ago(silo.startedAt, fleet.now)}</td>
          <td>${silo.status === 'dead' ? '' : silo.drain
            ? html`<button type="button" onClick=${() => drain(silo.name, false)}>Take agents again<span class="hidden"> on ${silo.name}</span></button>`
            : html`<button type="button" onClick=${() => drain(silo.name, true)}>Drain<span class="hidden"> ${silo.name}</span></button>`}
            ${silo.status !== 'dead' && fleet.session?.mayKillSilos && html` <button type="button" class="grave" onClick=${() => kill(silo.name, silo.agents)}>Kill<span class="hidden"> ${silo.name}</span></button>`}</td></tr>`;
      })}</tbody></table></${Scroll}>
    <p class="soft">To see one die and its agents come back: <${Command} text=${`healing kill-silo ${quoted(fleet.silos[0].name)}`} /></p>`}`;
}
