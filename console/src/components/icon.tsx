/** Strokes on a grid of 24. */
const PATHS = {
  overview: 'M4 13a8 8 0 0 1 16 0M12 13l4-4M4 19h16',
  collections: 'M4 6c0-3 16-3 16 0v12c0 3-16 3-16 0zM4 6c0 3 16 3 16 0M4 12c0 3 16 3 16 0',
  placement: 'M12 4a8 8 0 1 1-5.7 2.3M12 4v5M6.3 6.3l3.5 3.5',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M15.5 15.5L20 20',
  slow: 'M12 7v5l3 2M12 4a8 8 0 1 1 0 16a8 8 0 0 1 0-16',
  members: 'M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5h.01M7.5 16.5h.01',
  jobs: 'M9 6h11M9 12h11M9 18h11M4 6l1 1l1.5-2M4 12l1 1l1.5-2M4 18l1 1l1.5-2',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  theme: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  help: 'M9 9a3 3 0 1 1 4 2.8c-.7.4-1 .9-1 1.7M12 17h.01',
  leave: 'M14 5H6v14h8M11 12h9M17 9l3 3l-3 3',
  copy: 'M9 9h10v11H9zM5 15V4h10',
} as const;

export type IconName = keyof typeof PATHS;

/** Beside words that say the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
