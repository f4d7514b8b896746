/** A bar with its share in words beside it. */
export function Progress({ share, label }: { readonly share: number; readonly label?: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span class="progress">
      <progress max={100} value={percent} aria-label={label ?? `${percent} %`} />
      <small>{percent} %</small>
    </span>
  );
}
