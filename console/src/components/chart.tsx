import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import { nodeColor } from '../data/node-color.ts';
import { theme } from '../theme.ts';
import { timeOfDay } from './format.ts';

const HEIGHT_PX = 150;
/** What is shown at least, so that the first minute does not jump, and at most. */
const WINDOW_S = { min: 60, max: 300 };
const SYNC = 'charts';

export interface Line {
  readonly name: string;
  /** One value a time; null where there is none. */
  readonly values: readonly (number | null)[];
  readonly color?: string;
}

/** Lines over the last minutes. The legend says the values under the pointer, else the newest; it is also for who cannot see the lines. */
export function Chart(props: {
  readonly title: string;
  readonly unit: string;
  readonly timesS: readonly number[];
  readonly lines: readonly Line[];
}) {
  const { title, unit, timesS, lines } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const [pointed, setPointed] = useState<number>();
  const names = lines.map(({ name }) => name).join();
  const color = theme.value;
  useEffect(() => {
    const element = box.current!;
    const made = new UPlot(optionsOf(element, lines, setPointed), [[]], element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [names, color]);
  useEffect(() => {
    plot.current?.setData([[...timesS], ...lines.map(({ values }) => [...values])] as UPlot.AlignedData);
  }, [timesS, lines, color]);
  const shownAt = pointed !== undefined && pointed < timesS.length ? pointed : timesS.length - 1;
  return (
    <figure class="card chart">
      <figcaption>
        {title} <span class="muted">{unit}</span>
        {pointed !== undefined && timesS[shownAt] !== undefined && (
          <span class="muted at">{timeOfDay(timesS[shownAt] * 1_000)}</span>
        )}
      </figcaption>
      <div class="plot" ref={box} aria-hidden="true" />
      <ul class="legend">
        {lines.map(({ name, values, color: own }, i) => (
          <li key={name}>
            <i style={{ background: own ?? nodeColor(i) }} /> {name} <b>{figure(values[shownAt])}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function optionsOf(
  box: HTMLElement,
  lines: readonly Line[],
  onPoint: (place: number | undefined) => void,
): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const font = '11px system-ui, sans-serif';
  const grid = { stroke: style.getPropertyValue('--line'), width: 1 };
  const axis = { stroke: style.getPropertyValue('--muted'), font, grid, ticks: { show: false } };
  return {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 6 },
      sync: { key: SYNC },
      drag: { x: false, y: false },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 90,
        size: 26,
        values: (_, ticks) => ticks.map((s) => timeOfDay(s * 1_000)),
      },
      { ...axis, size: 44, space: 36 },
    ],
    padding: [8, 12, 0, 0],
    scales: {
      x: { range: (_, min, max) => [max - Math.min(WINDOW_S.max, Math.max(WINDOW_S.min, max - min)), max] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] },
    },
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
    series: [
      {},
      ...lines.map(({ name, color }, i) => ({
        label: name,
        stroke: color ?? nodeColor(i),
        width: 1.75,
        points: { show: false },
        spanGaps: true,
        ...(lines.length === 1 && { fill: `${color ?? nodeColor(i)}22` }),
      })),
    ],
  };
}

function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value.toFixed(value < 10 ? 2 : 1);
}
