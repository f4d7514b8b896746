import { useState } from 'preact/hooks';
import { snippetsOf } from '../data/snippets.ts';
import { Choice } from './choice.tsx';
import { CopyButton } from './copy-button.tsx';

/** The search that was just made, for other programs. */
export function Snippets(props: { readonly request: object; readonly address: string; readonly needsToken: boolean }) {
  const [name, setName] = useState('curl');
  const snippets = snippetsOf(props.request, props.address, props.needsToken);
  const { code } = snippets.find((snippet) => snippet.name === name)!;
  return (
    <section class="panel" aria-label="The same as code">
      <header>
        <h3>The same as code</h3>
        <Choice label="Language" names={snippets.map((snippet) => snippet.name)} chosen={name} onChoose={setName} />
        <div class="aside">
          <CopyButton text={code} />
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <pre class="code" tabIndex={0}>
        {code}
      </pre>
    </section>
  );
}
