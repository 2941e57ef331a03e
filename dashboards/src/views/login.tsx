import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useTitle } from '../app';
import { logIn } from '../session';

/** Asks for a token, in the place of a view that the head does not show without one; the view comes back after it. */
export function LoginView(): JSX.Element {
  useTitle('Log in');
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    setProblem('');
    try {
      await logIn(token.trim());
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setIsBusy(false);
    }
  };
  return (
    <form class="card login" onSubmit={(event) => void submit(event)}>
      <h1>Log in</h1>
      <p>This head wants a token. Whoever runs it makes one with <code>./sweeps token create --role viewer</code>, or <code>submitter</code> for more than reading.</p>
      <label class="field">Token
        <input type="password" autocomplete="current-password" required spellcheck={false} value={token} onInput={(event) => setToken(event.currentTarget.value)} />
      </label>
      <button type="submit" class="main" disabled={isBusy || token.trim() === ''}>Log in</button>
      {problem && <p class="bad" role="alert">{problem}</p>}
    </form>
  );
}
