import type { RefObject } from 'preact';
import { SHORTCUTS } from '../shortcuts.ts';

/** Closed by Escape, its button or a click beside it. */
export function HelpDialog({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, too
    <dialog
      ref={dialog}
      aria-labelledby="help-title"
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="help">
        <h2 id="help-title">Keys</h2>
        <dl>
          {SHORTCUTS.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <p class="muted">
          Everything shown is what this router knows; other routers may know a little more or less. Nothing here changes
          the cluster.
        </p>
        <button type="button" onClick={() => dialog.current!.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
