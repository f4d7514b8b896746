import { signal } from '@preact/signals';

export const VIEWS = ['overview', 'collections', 'placement', 'search', 'slow', 'members', 'jobs', 'settings'] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the address names: `#/collections/default/books` is the view `collections` with two arguments. */
export interface Route {
  readonly view: ViewName;
  readonly rest: readonly string[];
}

/** Follows the address. */
export const route = signal<Route>(routeOf(location.hash));
addEventListener('hashchange', () => {
  route.value = routeOf(location.hash);
});

export function linkTo(view: ViewName, ...rest: readonly string[]): string {
  return `#/${[view, ...rest.map(encodeURIComponent)].join('/')}`;
}

function routeOf(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#\//, '').split('/');
  const view = VIEWS.find((known) => known === name) ?? 'overview';
  return { view, rest: rest.map(decodeURIComponent) };
}
