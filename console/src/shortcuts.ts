import { linkTo, VIEWS } from './route.ts';
import { toggleTheme } from './theme.ts';

/** Each with what it does; the help shows them. */
export const SHORTCUTS: readonly (readonly [keys: string, what: string])[] = [
  [`1 – ${VIEWS.length}`, 'go to a view'],
  ['/', 'go to the first field of the view'],
  ['t', 'change between dark and light'],
  ['?', 'this help'],
  ['Esc', 'close the help; leave a field; show all of the ring again'],
  ['Ctrl + Enter', 'search, from the field of the vector'],
  ['← →', 'go through a row of choices'],
];

/** Keys with a modifier belong to the browser; while somebody types all but Escape belong to the field. */
export function takeKey(event: KeyboardEvent, help: HTMLDialogElement | null): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const field = event.target instanceof HTMLElement ? event.target.closest('input, textarea, select') : null;
  if (field) {
    if (event.key === 'Escape') (field as HTMLElement).blur();
    return;
  }
  const view = VIEWS[Number(event.key) - 1];
  const isHelping = help?.open ?? false;
  if (view && !isHelping) location.hash = linkTo(view);
  else if (event.key === 't') toggleTheme();
  else if (event.key === '?' && !isHelping) help?.showModal();
  else if (event.key === '/' && !isHelping) {
    document.querySelector<HTMLElement>('main :is(input, select, textarea)')?.focus();
    event.preventDefault();
  }
}
