import type { ViewName } from './route.ts';

export const TITLES: Readonly<Record<ViewName, string>> = {
  overview: 'Overview',
  collections: 'Collections',
  placement: 'Placement',
  search: 'Search',
  slow: 'Slow queries',
  members: 'Members',
  jobs: 'Jobs',
  settings: 'Settings',
};
