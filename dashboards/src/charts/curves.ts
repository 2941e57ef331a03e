import type { Colors } from '../colors';
import { metric as metricText, number } from '../format';
import { axis, lines, narrow, shorten, tooltip, type Hit } from './chart';
import type { EChartsCoreOption } from './echarts';

/** One line of a chart: a configuration's mean with its band over seeds, or one run. */
export interface Line {
  name: string;
  /** What it belongs to where lines are too many to be named: its configuration. */
  group?: string;
  color: string;
  isBaseline: boolean;
  /** Horizontal places, ascending; the same length as the values. */
  x: readonly number[];
  y: readonly number[];
  /** Ends of the band, where there is one. */
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
  /** What the band or the line stands for, in words. */
  remark?: string;
}

export interface CurveChoices {
  xName: string;
  yName: string;
  isLogX: boolean;
  isLogY: boolean;
  /** Weight of what was before in an exponential moving average, 0 for none. */
  smoothing: number;
  /** A value that lines are held against: the target, or 1 for ratios. */
  mark: { value: number; name: string } | null;
  palette: Colors;
}

/** From so many lines on, all lines of a colour are one series: hundreds of them stay fluid. */
const drawnApart = 60;

/** Curves with bands. */
export function curves(all: readonly Line[], choices: CurveChoices): EChartsCoreOption {
  const { palette, isLogX, isLogY } = choices;
  const shown = all.map((line) => ({ ...line, y: smooth(line.y, choices.smoothing) }));
  const isCrowded = shown.length > drawnApart;
  const series = isCrowded ? bundles(shown, choices) : shown.flatMap((line) => apart(line, choices));
  // Lines without a colour of their own are found by pointing at them.
  const named = [...new Set(isCrowded ? bundlesOf(shown, palette).map(({ name }) => name) : shown.filter((line) => line.color !== palette.other).map((line) => line.name))];
  if (choices.mark) series.push(markLine(choices.mark, palette));
  return {
    grid: { left: 64, right: 250, top: 12, bottom: 78 },
    legend: {
      type: 'scroll', orient: 'vertical', right: 0, top: 8, width: 230, data: named, textStyle: { color: palette.ink, fontSize: 12 },
      formatter: (name: string) => shorten(name, 34), tooltip: { show: true }, pageTextStyle: { color: palette.faint }, icon: 'roundRect', itemWidth: 14, itemHeight: 4,
    },
    xAxis: axis(palette, choices.xName, isLogX ? { type: 'log' } : { min: 'dataMin' }),
    yAxis: axis(palette, choices.yName, { nameGap: 44, ...(isLogY ? { type: 'log' } : {}) }),
    tooltip: isCrowded
      ? tooltip(palette, (hit) => ofBundle(hit, shown, choices))
      : { ...tooltip(palette, (hits) => ofAxis(hits, shown, choices), 'axis'), axisPointer: { type: 'line', lineStyle: { color: palette.faint } } },
    dataZoom: [
      { type: 'inside', xAxisIndex: 0, filterMode: 'none' },
      { type: 'inside', yAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'shift', moveOnMouseWheel: false },
      { type: 'slider', xAxisIndex: 0, filterMode: 'none', height: 18, bottom: 10, borderColor: palette.grid, textStyle: { color: palette.faint, fontSize: 10 }, showDataShadow: false },
    ],
    series,
    ...narrow({ grid: { left: 52, right: 16, top: 64, bottom: 78 }, legend: { orient: 'horizontal', left: 0, right: 0, top: 0, width: 'auto' } }),
  };
}

function apart(line: Line, { isLogX, isLogY, palette }: CurveChoices): Record<string, unknown>[] {
  const at = (values: readonly (number | null)[]): (number | null)[][] => line.x.map((x, index) => [x, drawable(values[index] ?? null, isLogY)]).filter(([x]) => !isLogX || x! > 0);
  const points = at(line.y);
  const drawn: Record<string, unknown>[] = [{
    type: 'line', name: line.name, data: points, color: line.color, showSymbol: points.length === 1, symbolSize: 6, connectNulls: false, sampling: 'minmax',
    lineStyle: { width: line.isBaseline ? 2.4 : 1.7, ...(line.isBaseline ? { type: [6, 3] } : {}) }, emphasis: { focus: 'series' }, z: line.isBaseline ? 4 : line.color === palette.other ? 2 : 3,
  }];
  // The bands of those without a colour of their own would hide the others'.
  if (line.color !== palette.other && line.low && line.high && line.low.some((value) => value !== null)) {
    drawn.push({
      type: 'custom', name: line.name, data: [[0]], silent: true, z: 1, tooltip: { show: false },
      renderItem: band(line.x, line.low, line.high, line.color, isLogX, isLogY), clip: true, encode: { x: -1, y: -1 },
    });
  }
  return drawn;
}

interface RenderApi {
  coord: (place: readonly [number, number]) => number[];
}

/** The area between both ends; where an end is missing, the area is cut. */
function band(x: readonly number[], low: readonly (number | null)[], high: readonly (number | null)[], color: string, isLogX: boolean, isLogY: boolean) {
  return (_: unknown, api: RenderApi): Record<string, unknown> => {
    const pieces: Record<string, unknown>[] = [];
    let upper: number[][] = [];
    let lower: number[][] = [];
    const close = (): void => {
      if (upper.length > 1) pieces.push({ type: 'polygon', shape: { points: [...upper, ...lower.reverse()] }, style: { fill: color, opacity: 0.14 } });
      [upper, lower] = [[], []];
    };
    for (let index = 0; index < x.length; index++) {
      const [a, b] = [drawable(low[index] ?? null, isLogY), drawable(high[index] ?? null, isLogY)];
      if (a === null || b === null || (isLogX && x[index]! <= 0)) {
        close();
        continue;
      }
      upper.push(api.coord([x[index]!, b]));
      lower.push(api.coord([x[index]!, a]));
    }
    close();
    return { type: 'group', children: pieces };
  };
}

/** Lines by their colours, those without one of their own first, so that they lie below the others; each with its place in the list. */
function bundlesOf(all: readonly Line[], palette: Colors): { color: string; name: string; members: { line: Line; index: number }[] }[] {
  const byColor = Map.groupBy(all.map((line, index) => ({ line, index })), ({ line }) => line.color);
  return [...byColor].sort(([a], [b]) => Number(b === palette.other) - Number(a === palette.other))
    .map(([color, members]) => ({ color, name: color === palette.other ? 'others' : members[0]!.line.group ?? members[0]!.line.name, members }));
}

/** Hundreds of lines, as numbers in a row: an array for each of their points would be most of the time that the chart takes. */
function bundles(all: readonly Line[], { isLogX, isLogY, palette }: CurveChoices): Record<string, unknown>[] {
  const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
  const series = bundlesOf(all, palette).map(({ color, name, members }): Record<string, unknown> => {
    const data = new Float64Array(members.reduce((sum, { line }) => sum + 1 + 2 * line.x.length, 0));
    let end = 0;
    for (const { line } of members) {
      const begin = end++;
      for (let at = 0; at < line.x.length; at++) {
        const [x, y] = [line.x[at]!, drawable(line.y[at] ?? null, isLogY)];
        if (y === null || (isLogX && x <= 0)) continue;
        data[end++] = x;
        data[end++] = y;
        if (x < low[0]!) low[0] = x;
        if (x > high[0]!) high[0] = x;
        if (y < low[1]!) low[1] = y;
        if (y > high[1]!) high[1] = y;
      }
      data[begin] = (end - begin - 1) / 2;
    }
    return {
      name, type: 'lines', coordinateSystem: 'cartesian2d', polyline: true, color, clip: true, progressive: 0, data: data.subarray(0, end),
      lineStyle: { width: 1, opacity: members.length > 200 ? 0.35 : 0.6 }, emphasis: { lineStyle: { width: 3, opacity: 1 } },
    };
  });
  // Axes do not look at such lines: they are as long as one that is not seen, from corner to corner.
  if (low[0]! <= high[0]!) series.push({ type: 'line', data: [low, high], silent: true, showSymbol: false, lineStyle: { opacity: 0 }, tooltip: { show: false } });
  return series;
}

/** The line of a chart that was met, by its place in the list; undefined for what is none. */
export function lineAt(all: readonly Line[], { seriesIndex, dataIndex, seriesName }: Hit, palette: Colors): number | undefined {
  if (all.length > drawnApart) return bundlesOf(all, palette)[seriesIndex ?? -1]?.members[dataIndex ?? -1]?.index;
  const place = all.findIndex((line) => line.name === seriesName);
  return place < 0 ? undefined : place;
}

const markLine = (mark: { value: number; name: string }, palette: Colors): Record<string, unknown> => ({
  type: 'line', name: mark.name, data: [], silent: true, tooltip: { show: false },
  markLine: {
    silent: true, symbol: 'none', animation: false, data: [{ yAxis: mark.value }], lineStyle: { color: palette.target, type: 'dashed', width: 1.2 },
    label: { formatter: mark.name, position: 'insideStartTop', color: palette.target, fontSize: 11 },
  },
});

interface AxisHit {
  seriesType?: string;
  seriesName?: string;
  axisValue?: number;
}

function ofAxis(hits: unknown, all: readonly Line[], choices: CurveChoices): HTMLElement {
  const drawn = (hits as AxisHit[]).filter((hit) => hit.seriesType === 'line');
  const place = drawn[0]?.axisValue ?? 0;
  const rows = all.map((line) => ({ line, at: nearest(line.x, place) })).filter(({ line, at }) => at >= 0 && line.y[at] !== undefined && !Number.isNaN(line.y[at]))
    .sort((a, b) => a.line.y[a.at]! - b.line.y[b.at]!);
  const most = 14;
  return lines(
    `${choices.xName}: ${number(place, 7)}`,
    rows.slice(0, most).map(({ line, at }) => [line.color, shorten(line.name, 46), text(line, at)] as const),
    rows.length > most ? `and ${rows.length - most} more` : '',
  );
}

function ofBundle(hit: unknown, all: readonly Line[], choices: CurveChoices): HTMLElement {
  const line = all[lineAt(all, hit as Hit, choices.palette) ?? -1];
  if (!line) return lines('', []);
  const last = line.y.length - 1;
  return lines(line.name, [[line.color, `${choices.yName} at the end`, text(line, last)]], line.remark ?? '');
}

function text(line: Line, at: number): string {
  const [low, high] = [line.low?.[at], line.high?.[at]];
  const mean = metricText(line.y[at]);
  return low === null || low === undefined || high === null || high === undefined ? mean : `${mean}  [${metricText(low)}, ${metricText(high)}]`;
}

/** The place of the value nearest to x, or -1 where the line does not reach it. */
function nearest(x: readonly number[], place: number): number {
  if (x.length === 0 || place < x[0]! || place > x[x.length - 1]!) return -1;
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= place) low = middle;
    else high = middle;
  }
  return place - x[low]! <= x[high]! - place ? low : high;
}

const drawable = (value: number | null, isLog: boolean): number | null => (value === null || !Number.isFinite(value) || (isLog && value <= 0) ? null : value);

/** An exponential moving average whose first values are not drawn towards zero; gaps stay gaps. */
export function smooth(values: readonly number[], weight: number): readonly number[] {
  if (weight <= 0) return values;
  let [sum, norm] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = weight * sum + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return sum / norm;
  });
}
