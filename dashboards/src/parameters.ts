import type { SweepSummary } from './api/schema';

/** A parameter's value as a text: texts as they are, lists and mappings as JSON. */
export const textOf = (value: unknown): string => (value === undefined || value === null ? '–' : typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** A parameter's value for sorting: numbers and booleans as numbers. */
export const valueOf = (value: unknown): number | string | null => (value === undefined || value === null ? null : typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : textOf(value));

/** Names of the parameters that differ between configurations, in the order of the sweep. */
export function parameterNames(summary: SweepSummary): string[] {
  const seen = new Map<string, Set<string>>();
  for (const { parameters } of summary.configurations)
    for (const [name, value] of Object.entries(parameters)) {
      const values = seen.get(name) ?? new Set<string>();
      seen.set(name, values.add(textOf(value)));
    }
  const all = summary.configurations.length;
  return [...seen].filter(([name, values]) => values.size > 1 || (all > 1 && summary.configurations.some(({ parameters }) => !(name in parameters)))).map(([name]) => name);
}
