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

/**
 * One colour for each configuration, the same in every chart of a sweep: the baseline has the ink, the others the series' colours in their
 * order, or all of them the first one when there are more than colours.
 */
export function configurationColors(configurations: readonly { isBaseline: boolean }[], palette: Colors): string[] {
  const others = configurations.filter((configuration) => !configuration.isBaseline).length;
  let taken = 0;
  return configurations.map((configuration) =>
    configuration.isBaseline ? palette.ink : (palette.series[others <= palette.series.length ? taken++ : 0] ?? palette.ink));
}
