/** How numbers, times and words are written everywhere in the dashboard. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The text for what is not known or does not apply. */
export const none = '–';

/** A count: 12,345. */
export const count = (value: number | null | undefined): string => (value === null || value === undefined || !Number.isFinite(value) ? none : whole.format(value));

/** A measured value with so many significant digits; very large and very small ones as 1.2e-5. */
export function number(value: number | null | undefined, digits = 5): string {
  if (value === null || value === undefined) return none;
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e7 || size < 1e-4 ? value.toExponential(Math.max(0, digits - 3)) : size >= 10 ** digits ? whole.format(value) : String(Number(value.toPrecision(digits)));
  return text.replace('-', '−').replace('e−', 'e-');
}

/** A metric's value with decimals that line up in a column. */
export const metric = (value: number | null | undefined, decimals = 4): string =>
  value === null || value === undefined ? none : Number.isFinite(value) ? value.toFixed(decimals).replace('-', '−') : number(value);

/** A p-value as papers write it. */
export const probability = (p: number | null | undefined): string => (p === null || p === undefined ? none : p < 0.0001 ? '< 0.0001' : p.toFixed(4));

/** A share as a percentage. */
export const percent = (share: number | null | undefined): string => (share === null || share === undefined || !Number.isFinite(share) ? none : `${Math.round(share * 100)}%`);

/** Seconds as people say them: 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return none;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  if (all < 3600) return join(Math.floor(all / 60), 'min', all % 60, 's');
  const minutes = Math.round(all / 60);
  if (minutes < 1440) return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(all / 3600);
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const join = (large: number, unit: string, small: number, part: string): string => (small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${part}`);

/** How long ago a moment was, in one unit. */
export function ago(moment: string | null | undefined, now: number = Date.now()): string {
  if (!moment) return none;
  const seconds = Math.max(0, (now - Date.parse(moment)) / 1000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A moment in the reader's own time: 2026-03-01 14:05. */
export function moment(text: string | null | undefined): string {
  if (!text) return none;
  const at = new Date(text);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** "1 run", "3 runs". */
export const many = (amount: number, noun: string, plural = `${noun}s`): string => `${count(amount)} ${amount === 1 ? noun : plural}`;

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

/** A place on an axis: 25K, 1.5M, 0.003, 1e-5. */
export const short = (value: number): string => (Math.abs(value) >= 10_000 ? compact.format(value) : number(value, 4));
