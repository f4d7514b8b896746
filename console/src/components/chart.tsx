import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { theme } from '../theme.ts';

export const LINE_COLORS = ['#3b82f6', '#f59e0b', '#10b981', '#ef4444', '#a855f7', '#14b8a6', '#ec4899', '#84cc16'];
const HEIGHT = 180;

export interface Line {
  readonly name: string;
  /** One value a time; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** Lines over time. Its newest values are said in words below it, for who cannot see it. */
export function Chart(props: {
  readonly title: string;
  readonly unit: string;
  readonly timesS: readonly number[];
  readonly lines: readonly Line[];
}) {
  const { title, unit, timesS, lines } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const names = lines.map(({ name }) => name).join();
  const color = theme.value;
  useEffect(() => {
    const element = box.current!;
    const made = new UPlot(optionsOf(element, lines), [[]], element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [names, color]);
  useEffect(() => {
    plot.current?.setData([[...timesS], ...lines.map(({ values }) => [...values])] as UPlot.AlignedData);
  }, [timesS, lines, color]);
  return (
    <figure class="card">
      <figcaption>
        {title} <span class="muted">{unit}</span>
      </figcaption>
      <div ref={box} aria-hidden="true" />
      <ul class="legend">
        {lines.map(({ name, values }, i) => (
          <li key={name}>
            <i style={{ background: LINE_COLORS[i % LINE_COLORS.length] }} /> {name} <b>{newest(values)}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function optionsOf(box: HTMLElement, lines: readonly Line[]): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const axis = { stroke: style.getPropertyValue('--muted'), grid: { stroke: style.getPropertyValue('--line') } };
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    axes: [
      { ...axis, space: 80, size: 32, values: (_, ticks) => ticks.map(timeOfDay) },
      { ...axis, size: 48 },
    ],
    padding: [8, 16, 0, 0],
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
    series: [
      {},
      ...lines.map(({ name }, i) => ({ label: name, stroke: LINE_COLORS[i % LINE_COLORS.length]!, width: 2 })),
    ],
  };
}

function newest(values: readonly (number | null)[]): string {
  const value = values.at(-1);
  return value === null || value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 1);
}

function timeOfDay(timeS: number): string {
  return new Date(timeS * 1_000).toTimeString().slice(0, 8);
}
