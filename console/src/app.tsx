import type { FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { HelpDialog } from './components/help-dialog.tsx';
import { Sidebar } from './components/sidebar.tsx';
import { isOpen, readSession, session } from './data/session.ts';
import { status } from './data/status.ts';
import { route, type ViewName } from './route.ts';
import { takeKey } from './shortcuts.ts';
import { TITLES } from './view-titles.ts';
import { CollectionsView } from './views/collections-view.tsx';
import { JobsView } from './views/jobs-view.tsx';
import { MembersView } from './views/members-view.tsx';
import { OverviewView } from './views/overview-view.tsx';
import { PlacementView } from './views/placement-view.tsx';
import { SearchView } from './views/search-view.tsx';
import { SettingsView } from './views/settings-view.tsx';
import { SignInView } from './views/sign-in-view.tsx';
import { SlowView } from './views/slow-view.tsx';

const VIEW_OF: Readonly<Record<ViewName, FunctionComponent>> = {
  overview: OverviewView,
  collections: CollectionsView,
  placement: PlacementView,
  search: SearchView,
  slow: SlowView,
  members: MembersView,
  jobs: JobsView,
  settings: SettingsView,
};

/** The frame: navigation, shortcuts, and the view that the address names; the sign-in form where the process wants to know who asks. */
export function App() {
  const help = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const take = (event: KeyboardEvent): void => takeKey(event, help.current);
    document.addEventListener('keydown', take);
    return () => document.removeEventListener('keydown', take);
  }, []);
  const { view } = route.value;
  const title = session.value && !isOpen.value ? 'Sign in' : TITLES[view];
  const View = VIEW_OF[view];
  useEffect(() => void readSession(), []);
  useEffect(() => {
    document.title = `${title} · Braid console`;
  }, [title]);
  if (!session.value) return <Waiting />;
  if (!isOpen.value) return <SignInView />;
  const { error } = status.value;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')!.focus()}>
        Skip to content
      </button>
      <Sidebar onHelp={() => help.current!.showModal()} />
      <main id="main" tabIndex={-1}>
        <h1>{title}</h1>
        {error !== '' && (
          <p role="alert" class="alert">
            {error}
            {status.value.value && ': what is shown is what it said last'}
          </p>
        )}
        <View />
      </main>
      <HelpDialog dialog={help} />
    </>
  );
}

/** Until the process says who may see what; at once where it answers. */
function Waiting() {
  return (
    <main class="sign-in">
      <p class="muted waiting">waiting for the process that served this page …</p>
    </main>
  );
}
