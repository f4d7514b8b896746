import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { status } from './data/status.ts';
import { linkTo, route, VIEWS, type ViewName } from './route.ts';
import { theme, toggleTheme } from './theme.ts';
import { CollectionsView } from './views/collections-view.tsx';
import { JobsView } from './views/jobs-view.tsx';
import { MembersView } from './views/members-view.tsx';
import { OverviewView } from './views/overview-view.tsx';
import { SearchView } from './views/search-view.tsx';
import { SettingsView } from './views/settings-view.tsx';
import { SlowView } from './views/slow-view.tsx';

const TITLES: Readonly<Record<ViewName, readonly [string, FunctionComponent]>> = {
  overview: ['Overview', OverviewView],
  collections: ['Collections', CollectionsView],
  search: ['Search', SearchView],
  slow: ['Slow queries', SlowView],
  members: ['Members', MembersView],
  jobs: ['Jobs', JobsView],
  settings: ['Settings', SettingsView],
};

/** The frame: navigation, theme, and the view that the address names. Keys 1 to 7 go to the views, `t` changes the theme. */
export function App() {
  useEffect(() => {
    document.addEventListener('keydown', takeKey);
    return () => document.removeEventListener('keydown', takeKey);
  }, []);
  const { view } = route.value;
  const [title, View] = TITLES[view];
  useEffect(() => {
    document.title = `${title} · Braid console`;
  }, [title]);
  const { error } = status.value;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')!.focus()}>
        Skip to content
      </button>
      <header>
        <strong class="brand">Braid</strong>
        <nav aria-label="Views">
          {VIEWS.map((name, i) => (
            <a
              key={name}
              href={linkTo(name)}
              aria-keyshortcuts={String(i + 1)}
              aria-current={name === view ? 'page' : undefined}
            >
              {TITLES[name][0]}
            </a>
          ))}
        </nav>
        <button type="button" class="quiet" aria-keyshortcuts="t" onClick={toggleTheme}>
          {theme.value === 'dark' ? 'Light' : 'Dark'}
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <h1>{title}</h1>
        {error !== '' && (
          <p role="alert" class="alert">
            {error}
          </p>
        )}
        <View />
      </main>
    </>
  );
}

function takeKey(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  const view = VIEWS[Number(event.key) - 1];
  if (view) location.hash = linkTo(view);
  else if (event.key === 't') toggleTheme();
}
