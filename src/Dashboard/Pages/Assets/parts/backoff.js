// The waits of an agent's policy, one bar a failure in a row, and where it stands.
import { html } from '../ui.js';
import { span } from '../format.js';

/** The wait after the nth failure in a row, before its jitter: none, base, base × factor, … up to the most. */
export const waitAfter = (n, { baseSeconds, factor, maxSeconds }) => (n <= 1 ? 0 : Math.min(maxSeconds, baseSeconds * factor ** (n - 1)));

export function BackoffCurve({ policy, failures }) {
  const n = Math.min(policy.maxRestarts, 24);
  const waits = Array.from({ length: Math.max(0, n - 1) }, (_, i) => waitAfter(i + 1, policy.backoff));
  const top = Math.max(...waits, 0.001);
  const step = 100 / n;
  const said = waits.map((w) => span(w)).join(', ');
  return html`<svg class="curve" viewBox="0 0 100 56" preserveAspectRatio="none" role="img" aria-label=${`Waits after each failure in a row: ${said}; quarantined at the ${policy.maxRestarts}th.`}>
      ${waits.map((w, i) => html`<rect x=${i * step + step * 0.1} width=${step * 0.8} y=${54 - Math.max(1.5, (w / top) * 50)} height=${Math.max(1.5, (w / top) * 50)} class=${i + 1 === failures ? 'here' : i + 1 < failures ? 'past' : ''} />`)}
      <rect x=${(n - 1) * step + step * 0.1} width=${step * 0.8} y="4" height="50" class=${failures >= n ? 'end here' : 'end'} />
    </svg>
    <p class="soft">After ${failures === 0 ? 'a failure' : `failure ${failures} of ${policy.maxRestarts} in a row`} ${failures <= 1 ? html`it is started again <b>at once</b>` : html`it waits <b>${span(waitAfter(failures, policy.backoff))}</b>`}${policy.backoff.jitter && failures > 1 ? ` (± ${Math.round(policy.backoff.jitter * 100)} %)` : ''}; then ${waits.slice(Math.max(1, failures)).map((w) => span(w)).join(', ') || 'quarantine'}. The count is forgotten after ${span(policy.stableSeconds)} of health.</p>`;
}
