/** A few things one of which is shown: a row of buttons that is one stop for Tab and goes by arrow keys. */
export function Choice<Name extends string>(props: {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}) {
  const { label, names, chosen, onChoose } = props;
  const step = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const next = (names.indexOf(chosen) + by + names.length) % names.length;
    onChoose(names[next]!);
    event.currentTarget.querySelectorAll('button')[next]!.focus();
    event.preventDefault();
  };
  return (
    <div class="choice" role="tablist" aria-label={label} onKeyDown={step}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
