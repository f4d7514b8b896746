/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Comments, empty lines and exemplars are left out. */
export function parseMetrics(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line): Sample[] => {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (!match) return [];
    const labels = Array.from((match[2] ?? '').matchAll(LABEL), ([, name, value]) => [name!, value!]);
    return [
      { name: match[1]!, labels: Object.fromEntries(labels), value: Number(match[3]!.replace('Inf', 'Infinity')) },
    ];
  });
}
