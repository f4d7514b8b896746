import { effect, signal } from '@preact/signals';

type Theme = 'dark' | 'light';

const KEY = 'braid-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** The person's choice, else the system's. */
export const theme = signal<Theme>(chosen() ?? systemTheme());

system.addEventListener('change', () => {
  theme.value = chosen() ?? systemTheme();
});
effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, theme.value);
}

function chosen(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === 'dark' || kept === 'light' ? kept : undefined;
}

function systemTheme(): Theme {
  return system.matches ? 'dark' : 'light';
}
