import type { ComponentChildren } from 'preact';

/** What stands where nothing is yet: what it would be, and how it comes to be. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{title}</p>
      {children && <p class="muted">{children}</p>}
    </div>
  );
}

/** Keeps the place of what is being read, so that nothing jumps when it comes. */
export function Reading({ heightPx = 120 }: { readonly heightPx?: number }) {
  return (
    <div class="reading" style={{ height: `${heightPx}px` }} role="status">
      reading …
    </div>
  );
}

/** Why something could not be read. */
export function Failed({ error }: { readonly error: string }) {
  return (
    <p role="alert" class="alert">
      {error}
    </p>
  );
}
