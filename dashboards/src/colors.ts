import { signal, effect } from '@preact/signals';

/** The colours of all charts; the pictures that leave the browser are drawn with the same ones, a test compares them. */
export interface Colors {
  background: string;
  ink: string;
  faint: string;
  grid: string;
  other: string;
  target: string;
  rampLow: string;
  rampHigh: string;
  series: readonly string[];
}

export const light: Colors = {
  background: '#ffffff',
  ink: '#1f2328',
  faint: '#6b7280',
  grid: '#e6e8eb',
  other: '#c3c8cf',
  target: '#b42318',
  rampLow: '#eef2f7',
  rampHigh: '#0b3d75',
  series: ['#1f77b4', '#e8710a', '#2a9d4a', '#c2359c', '#7d55c7', '#8c564b', '#0b93a5', '#9a8f0a', '#3b4ea8', '#d6569f'],
};

export const dark: Colors = {
  background: '#15181d',
  ink: '#e6e8eb',
  faint: '#9aa3ad',
  grid: '#2a2f37',
  other: '#4a515c',
  target: '#ff8a7a',
  rampLow: '#20262e',
  rampHigh: '#9ccdf5',
  series: ['#5aa9e6', '#ff9f45', '#5fd08a', '#f07fd2', '#b794f6', '#c79a86', '#4fd6e3', '#d4c74a', '#8f9ff0', '#ff8fcf'],
};

export type Theme = 'system' | 'light' | 'dark';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const system = signal(systemIsDark.matches);
systemIsDark.addEventListener('change', (event) => (system.value = event.matches));

const stored = localStorage.getItem('theme');

/** What the reader has chosen; kept in this browser. */
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

effect(() => {
  if (theme.value === 'system') localStorage.removeItem('theme');
  else localStorage.setItem('theme', theme.value);
  document.documentElement.dataset['theme'] = theme.value === 'system' ? (system.value ? 'dark' : 'light') : theme.value;
});

/** Whether the page is dark now. */
export const isDark = (): boolean => (theme.value === 'system' ? system.value : theme.value === 'dark');

/** The colours of charts now; read inside a component, it is drawn again when they change. */
export const colors = (): Colors => (isDark() ? dark : light);

/** What a configuration's colour depends on. */
export interface Colored {
  isBaseline: boolean;
  /** Its final value as a cost, lower being better; null where there is none. */
  cost: number | null;
}

const bestOfMany = 8;

/**
 * One colour for each configuration, the same in every chart of a sweep and in its pictures: the baseline has the ink, the others the series'
 * colours in their order. When there are more than colours, the best have one each and the rest is grey.
 */
export function configurationColors(configurations: readonly Colored[], palette: Colors): string[] {
  // Of several baselines each has a colour of its own, so that one can tell them apart.
  const hasOne = configurations.filter((configuration) => configuration.isBaseline).length === 1;
  const others = configurations.map((configuration, index) => ({ ...configuration, index })).filter((configuration) => !hasOne || !configuration.isBaseline);
  const chosen = others.length <= palette.series.length ? others
    : others.filter(({ cost }) => cost !== null && Number.isFinite(cost)).sort((a, b) => a.cost! - b.cost! || a.index - b.index).slice(0, bestOfMany);
  const places = new Map(chosen.map(({ index }) => index).sort((a, b) => a - b).map((index, place) => [index, place]));
  return configurations.map((configuration, index) => {
    const place = places.get(index);
    return hasOne && configuration.isBaseline ? palette.ink : place === undefined ? palette.other : palette.series[place] ?? palette.other;
  });
}

/** A metric's mean as a cost. */
export const costOf = (mean: number | null, goal: string): number | null => (mean === null || goal === 'minimize' ? mean : -mean);

/** What the colours of a sweep's configurations depend on. */
export const coloredOf = (summary: { goal: string; configurations: readonly { is_baseline: boolean; mean: number | null }[] }): Colored[] =>
  summary.configurations.map((row) => ({ isBaseline: row.is_baseline, cost: costOf(row.mean, summary.goal) }));
