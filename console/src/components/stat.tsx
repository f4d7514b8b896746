import type { ComponentChildren } from 'preact';

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** One figure with what it is. */
export function Stat(props: {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly detail?: ComponentChildren;
  readonly tone?: Tone;
}) {
  const { name, value, detail, tone = 'plain' } = props;
  return (
    <div class={`stat ${tone}`}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        <small>{detail ?? '\u00a0'}</small>
      </dd>
    </div>
  );
}

export function Stats({ children }: { readonly children: ComponentChildren }) {
  return <dl class="stats">{children}</dl>;
}
