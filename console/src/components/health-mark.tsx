/** Health in a color and, because colors are not seen by all, in a word. */
export function HealthMark({ health }: { readonly health: string }) {
  return <span class={`health ${health}`}>{health}</span>;
}
