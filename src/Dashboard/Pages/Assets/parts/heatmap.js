// Everybody at a glance: a cell an agent, in blocks of silos, in the colour of its status, fading as its promise runs out. A
// silo that dies is a block that fades.
import { html, colour, useEffect, useRef, useState } from '../ui.js';
import { span, statuses, statusWord } from '../format.js';

const gap = 22; // Above each block, for its name.

/** Where the cells are: as large as the width and a height of some 160 px allow. */
function layout(fleet, width) {
  const bySilo = new Map();
  for (const tile of fleet.tiles) {
    if (!tile) continue;
    const silo = tile.silo ?? 'nowhere yet';
    if (!bySilo.has(silo)) bySilo.set(silo, []);
    bySilo.get(silo).push(tile);
  }
  const blocks = [...bySilo].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([silo, tiles]) => ({ silo, tiles }));
  const all = blocks.reduce((n, b) => n + b.tiles.length, 0);
  let size = Math.max(3, Math.min(18, Math.floor(Math.sqrt((width * 150) / Math.max(all, 1)))));
  const inner = width - 12 * (blocks.length - 1);
  let x = 0;
  for (const block of blocks) {
    block.x = x;
    block.columns = Math.max(1, Math.floor((inner * Math.max(block.tiles.length / all, blocks.length > 1 ? 0.08 : 0)) / size));
    block.width = Math.max(block.columns * size, 70);
    block.columns = Math.floor(block.width / size);
    x += block.width + 12;
  }
  if (x > width * 1.05 && blocks.length > 1) {
    // Too many silos for one row of blocks: one after the other, each over the whole width.
    let y = 0;
    for (const block of blocks) {
      block.x = 0;
      block.y = y;
      block.columns = Math.max(1, Math.floor(width / size));
      y += gap + Math.ceil(block.tiles.length / block.columns) * size + 6;
    }
    return { blocks, size, height: y };
  }
  for (const block of blocks) block.y = 0;
  return { blocks, size, height: gap + Math.max(...blocks.map((b) => Math.ceil(b.tiles.length / b.columns) * size), size) };
}

// Asking for a style makes the browser settle all others first.
let paint = null;
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  paint = null;
});
const palette = () => (paint ??= Object.fromEntries([...statuses, 'ink'].map((name) => [name, colour(`--c-${name}`)])));

function draw(canvas, plan, fleet, test, width) {
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(plan.height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(plan.height * scale);
  }
  canvas.style.height = `${plan.height}px`;
  const g = canvas.getContext('2d');
  g.setTransform(scale, 0, 0, scale, 0, 0);
  g.clearRect(0, 0, width, plan.height);
  const colours = palette();
  const cell = plan.size > 5 ? plan.size - 2 : plan.size - 1;
  g.font = '12px system-ui, sans-serif';
  for (const block of plan.blocks) {
    g.globalAlpha = 1;
    g.fillStyle = colours.ink;
    g.fillText(`${block.silo} · ${block.tiles.length.toLocaleString('en')}`, block.x, block.y + 13, Math.max(block.width ?? width, 70));
    block.tiles.forEach((tile, n) => {
      const left = fleet.fresh[tile.i] ?? 0;
      const isBeating = tile.status === 'healthy';
      g.fillStyle = colours[tile.status];
      g.globalAlpha = (isBeating && left > 0 ? 0.25 + 0.75 * Math.min(1, left / 205) : 1) * (test.isEmpty || test.matches(tile) ? 1 : 0.15);
      g.fillRect(block.x + (n % block.columns) * plan.size, block.y + gap + Math.floor(n / block.columns) * plan.size, cell, cell);
    });
  }
}

function find(plan, x, y) {
  for (const block of plan.blocks) {
    const column = Math.floor((x - block.x) / plan.size);
    const row = Math.floor((y - block.y - gap) / plan.size);
    if (column >= 0 && column < block.columns && row >= 0) {
      const tile = block.tiles[row * block.columns + column];
      if (tile) return tile;
    }
  }
  return null;
}

const sentence = (fleet) => Object.entries(fleet.overview?.byStatus ?? {}).filter(([, n]) => n > 0).map(([s, n]) => `${n} ${statusWord(s)}`).join(', ');

export function Heatmap({ fleet, test }) {
  const canvas = useRef(null);
  const plan = useRef(null);
  const [hint, point] = useState(null);
  const [width, resize] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => resize(Math.floor(entry.contentRect.width)));
    observer.observe(canvas.current.parentElement);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width < 50) return;
    plan.current = layout(fleet, width);
    draw(canvas.current, plan.current, fleet, test, width);
  });
  const under = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return plan.current && find(plan.current, event.clientX - box.left, event.clientY - box.top);
  };
  const move = (event) => {
    const tile = under(event);
    const box = canvas.current.getBoundingClientRect();
    point(tile ? { tile, x: Math.min(event.clientX - box.left + 12, width - 220), y: event.clientY - box.top + 14 } : null);
  };
  const open = (event) => {
    const tile = under(event);
    if (tile) location.hash = `#/agents/${encodeURIComponent(tile.id)}`;
  };
  const down = hint && hint.tile.status !== 'healthy' && hint.tile.since ? ` for ${span((fleet.now - Date.parse(hint.tile.since)) / 1000)}` : '';
  return html`<div class="heatmap">
    <canvas ref=${canvas} role="img" aria-label=${`A cell for each agent, by silo: ${sentence(fleet)}. The list below has the same.`} onMouseMove=${move} onMouseLeave=${() => point(null)} onClick=${open}></canvas>
    ${hint && html`<div class="tip" style=${{ left: `${hint.x}px`, top: `${hint.y}px` }}><b>${hint.tile.id}</b><br />${statusWord(hint.tile.status)}${down}, #${hint.tile.incarnation}${hint.tile.lastFailure ? html`<br />${hint.tile.lastFailure.reason}: ${hint.tile.lastFailure.message}` : ''}</div>`}
    <p class="legend" aria-hidden="true">${statuses.filter((s) => fleet.overview?.byStatus[s]).map((s) => html`<span><i class=${`k-${s}`}></i>${statusWord(s)}</span>`)}<span class="soft">paler: its promise runs out</span></p>
  </div>`;
}
