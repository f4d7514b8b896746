import logo from '../braid.svg';
import { session, signOut } from '../data/session.ts';
import { status } from '../data/status.ts';
import { linkTo, route, VIEWS } from '../route.ts';
import { theme, toggleTheme } from '../theme.ts';
import { TITLES } from '../view-titles.ts';
import { shortened } from './format.ts';
import { Icon } from './icon.tsx';

/** Where one can go, and how the cluster is, seen from everywhere. */
export function Sidebar({ onHelp }: { readonly onHelp: () => void }) {
  const { view } = route.value;
  const user = session.value?.user;
  return (
    <header class="sidebar">
      <a class="brand" href={linkTo('overview')} tabIndex={-1}>
        <img src={logo} alt="" width={22} height={22} /> Braid
      </a>
      <nav aria-label="Views">
        {VIEWS.map((name, i) => (
          <a
            key={name}
            href={linkTo(name)}
            aria-current={name === view ? 'page' : undefined}
            aria-keyshortcuts={String(i + 1)}
          >
            <Icon name={name} />
            <span>{TITLES[name]}</span>
            <i data-key={i + 1} />
          </a>
        ))}
      </nav>
      <div class="foot">
        <Health />
        <button type="button" class="quiet" aria-keyshortcuts="t" onClick={toggleTheme}>
          <Icon name="theme" /> <span>{theme.value === 'dark' ? 'Light' : 'Dark'}</span>
        </button>
        <button type="button" class="quiet" aria-keyshortcuts="?" onClick={onHelp}>
          <Icon name="help" /> <span>Help</span>
        </button>
        {user && (
          <button type="button" class="quiet" onClick={signOut} title={`signed in as ${user}`}>
            <Icon name="leave" /> <span>Sign out</span>
          </button>
        )}
      </div>
    </header>
  );
}

function Health() {
  const { value, error } = status.value;
  if (!value) return <p class="health-line muted">{error === '' ? 'reading …' : 'no answer'}</p>;
  const healthy = value.members.filter(({ health }) => health === 'healthy').length;
  const tone = error !== '' ? 'bad' : healthy === value.members.length ? 'good' : 'warn';
  return (
    <p class={`health-line ${tone}`} title={value.nodeId}>
      <span>{error !== '' ? 'no answer' : `${healthy} of ${value.members.length} nodes healthy`}</span>
      <small class="muted">{shortened(value.nodeId, 24)}</small>
    </p>
  );
}
