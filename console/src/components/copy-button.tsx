import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

const SAID_MS = 1_500;

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    // Without a secure origin browsers have no clipboard.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setSaid(isCopied ? 'Copied' : 'The browser does not allow it');
    setTimeout(() => setSaid(''), SAID_MS);
  };
  return (
    <button type="button" class="quiet" onClick={copy}>
      <Icon name="copy" /> <span aria-live="polite">{said || label}</span>
    </button>
  );
}
