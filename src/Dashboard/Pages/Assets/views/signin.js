// Asks for an API key, which the silo trades for a cookie that scripts cannot read.
import { html, useState, Why } from '../ui.js';
import { call } from '../api.js';

export function SignIn() {
  const [error, setError] = useState(null);
  const enter = async (event) => {
    event.preventDefault();
    try {
      await call('POST', 'session', { apiKey: new FormData(event.target).get('key') });
      location.reload(); // Whoever has a key gets the page with a policy that lists the other silos.
    } catch (e) {
      setError(e);
    }
  };
  return html`<main class="signin"><form class="panel" onSubmit=${enter}>
    <h1>OrleansHealing</h1>
    <p class="soft">This fleet can be seen and changed with an API key only.</p>
    <div class="field"><label for="key">API key</label><input id="key" name="key" type="password" autocomplete="current-password" required /></div>
    <${Why} error=${error} />
    <button class="main">Sign in</button>
  </form></main>`;
}
