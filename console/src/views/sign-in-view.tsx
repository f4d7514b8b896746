import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import logo from '../braid.svg';
import { session, signIn, signOut } from '../data/session.ts';

/** Shown when the management port answers 401. What is typed goes to this process and is kept nowhere. */
export function SignInView() {
  return session.value?.user ? <NotAllowed user={session.value.user} /> : <Form />;
}

/** Signed in, and without the right to see anything here. */
function NotAllowed({ user }: { readonly user: string }) {
  return (
    <main class="sign-in">
      <div class="card">
        <h1>Nothing to see for {user}</h1>
        <p>
          The console shows the whole cluster: it needs a role with the privileges of <code>ClusterReadOnly</code> on
          all databases.
        </p>
        <button type="button" onClick={signOut}>
          Sign out
        </button>
      </div>
    </main>
  );
}

function Form() {
  const [error, setError] = useState('');
  const [isRunning, setRunning] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current!.focus(), []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setRunning(true);
    try {
      await signIn(String(form.get('user')), String(form.get('password')));
    } catch (refusal) {
      setError((refusal as Error).message);
      setRunning(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <h1>
          <img src={logo} alt="" width={28} height={28} /> Sign in to Braid
        </h1>
        <label>
          User
          <input ref={first} name="user" required autocomplete="username" autocapitalize="none" spellcheck={false} />
        </label>
        <label>
          Password
          <input name="password" type="password" required autocomplete="current-password" />
        </label>
        {error !== '' && (
          <p role="alert" class="problem">
            {error}
          </p>
        )}
        <button type="submit" disabled={isRunning}>
          {isRunning ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
