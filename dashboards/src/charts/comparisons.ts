import type { Colors } from '../colors';
import { metric as metricText, number } from '../format';
import { axis, lines, narrow, shorten, tooltip } from './chart';
import type { EChartsCoreOption } from './echarts';

/** A configuration's value with its interval. */
export interface Row {
  name: string;
  color: string;
  value: number;
  low: number | null;
  high: number | null;
  remark: string;
}

interface RenderApi {
  value: (dimension: number) => number;
  coord: (place: readonly [number, number]) => number[];
}

/** Values with intervals, one below the other, on a logarithmic scale around the baseline's 1. */
export function intervals(rows: readonly Row[], xName: string, palette: Colors): EChartsCoreOption {
  return {
    grid: { left: 260, right: 40, top: 10, bottom: 46 },
    ...narrow({ grid: { left: 124, right: 20, top: 10, bottom: 46 }, yAxis: { axisLabel: { color: palette.ink, width: 110, overflow: 'truncate' } } }),
    xAxis: axis(palette, xName, { type: 'log', logBase: 2, nameGap: 28, axisLabel: { color: palette.faint, formatter: (value: number) => `${number(value, 3)}×` } }),
    yAxis: {
      type: 'category', inverse: true, data: rows.map((row) => row.name), axisLine: { lineStyle: { color: palette.faint } }, axisTick: { show: false },
      axisLabel: { color: palette.ink, width: 240, overflow: 'truncate' },
    },
    tooltip: tooltip(palette, (hit) => {
      const row = rows[(hit as { dataIndex: number }).dataIndex]!;
      const range = row.low === null || row.high === null ? '' : ` [${number(row.low, 3)}, ${number(row.high, 3)}]`;
      return lines(row.name, [[row.color, xName, `${number(row.value, 3)}×${range}`]], row.remark);
    }),
    series: [
      {
        type: 'custom', data: rows.map((row, index) => [row.value, index, row.low ?? row.value, row.high ?? row.value]), encode: { x: [0, 2, 3], y: 1 }, clip: true,
        renderItem: (_: unknown, api: RenderApi) => {
          const [place, from, to] = [api.coord([api.value(0), api.value(1)]), api.coord([api.value(2), api.value(1)]), api.coord([api.value(3), api.value(1)])];
          const color = rows[api.value(1)]!.color;
          const end = (x: number): Record<string, unknown> => ({ type: 'line', shape: { x1: x, x2: x, y1: place[1]! - 5, y2: place[1]! + 5 }, style: { stroke: color, lineWidth: 1.6 } });
          return {
            type: 'group',
            children: [
              { type: 'line', shape: { x1: from[0], x2: to[0], y1: from[1], y2: to[1] }, style: { stroke: color, lineWidth: 1.6 } }, end(from[0]!), end(to[0]!),
              { type: 'circle', shape: { cx: place[0], cy: place[1], r: 5 }, style: { fill: color } },
            ],
          };
        },
        markLine: { silent: true, symbol: 'none', data: [{ xAxis: 1 }], label: { show: false }, lineStyle: { color: palette.faint, type: 'dashed' } },
      },
    ],
  };
}

/** A place in a plane. */
export interface Dot {
  name: string;
  color: string;
  x: number;
  y: number;
  /** Whether no other dot is at least as good in both. */
  isOnFront?: boolean;
  remark?: string;
}

/** Dots in a plane, those on the front joined by a line. */
export function scatter(dots: readonly Dot[], names: { x: string; y: string; isLogX?: boolean }, palette: Colors): EChartsCoreOption {
  const front = dots.filter((dot) => dot.isOnFront).sort((a, b) => a.x - b.x);
  return {
    grid: { left: 70, right: 24, top: 14, bottom: 52 },
    xAxis: axis(palette, names.x, names.isLogX ? { type: 'log' } : {}),
    yAxis: axis(palette, names.y, { nameGap: 48 }),
    tooltip: tooltip(palette, (hit) => {
      const dot = dots[(hit as { dataIndex: number }).dataIndex]!;
      return lines(dot.name, [[dot.color, names.x, number(dot.x)], [null, names.y, metricText(dot.y)]], dot.remark ?? '');
    }),
    dataZoom: [{ type: 'inside', xAxisIndex: 0, filterMode: 'none' }, { type: 'inside', yAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'shift' }],
    series: [
      { type: 'scatter', symbolSize: 9, data: dots.map((dot) => ({ value: [dot.x, dot.y], itemStyle: { color: dot.color, opacity: 0.85 } })), z: 3 },
      { type: 'line', data: front.map((dot) => [dot.x, dot.y]), showSymbol: false, silent: true, lineStyle: { color: palette.faint, width: 1, type: 'dashed' }, tooltip: { show: false } },
    ],
  };
}

/** Bars from the longest down, as shares of a whole. */
export function shares(bars: readonly { name: string; share: number; remark?: string }[], name: string, palette: Colors): EChartsCoreOption {
  return {
    grid: { left: 170, right: 60, top: 6, bottom: 44 },
    xAxis: axis(palette, name, { min: 0, scale: false, nameGap: 28, axisLabel: { color: palette.faint, formatter: (value: number) => `${Math.round(100 * value)}%` } }),
    yAxis: { type: 'category', inverse: true, data: bars.map((bar) => bar.name), axisLabel: { color: palette.ink, width: 155, overflow: 'truncate' }, axisTick: { show: false }, axisLine: { lineStyle: { color: palette.faint } } },
    tooltip: tooltip(palette, (hit) => {
      const bar = bars[(hit as { dataIndex: number }).dataIndex]!;
      return lines(bar.name, [[null, name, `${(100 * bar.share).toFixed(1)}%`]], bar.remark ?? '');
    }),
    series: [{
      type: 'bar', data: bars.map((bar) => bar.share), itemStyle: { color: palette.series[0] }, barMaxWidth: 18,
      label: { show: true, position: 'right', color: palette.ink, formatter: ({ value }: { value: number }) => `${Math.round(100 * value)}%` },
    }],
  };
}

/** A value for each pair of two parameters' values. */
export interface Cells {
  xName: string;
  yName: string;
  xs: readonly string[];
  ys: readonly string[];
  /** A value and how many configurations it is the mean of; null where there is none. */
  at: (x: number, y: number) => { value: number; n: number } | null;
  valueName: string;
  /** Whether small values are good. */
  isLowGood: boolean;
}

export function heatMap(cells: Cells, palette: Colors): EChartsCoreOption {
  const data = cells.xs.flatMap((_, x) => cells.ys.flatMap((_, y) => {
    const cell = cells.at(x, y);
    return cell && Number.isFinite(cell.value) ? [[x, y, cell.value, cell.n]] : [];
  }));
  const values = data.map((cell) => cell[2]!);
  const category = (data: readonly string[], name: string, gap: number): Record<string, unknown> => ({
    type: 'category', data, name, nameLocation: 'middle', nameGap: gap, nameTextStyle: { color: palette.ink, fontSize: 12 }, axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.faint } }, axisLabel: { color: palette.faint, width: 110, overflow: 'truncate' }, splitArea: { show: false },
  });
  const ramp = [palette.rampLow, palette.rampHigh];
  return {
    grid: { left: 150, right: 116, top: 10, bottom: 56 },
    ...narrow({ grid: { left: 96, right: 92, top: 10, bottom: 56 } }),
    xAxis: category(cells.xs, cells.xName, 32),
    yAxis: category(cells.ys, cells.yName, 128),
    visualMap: {
      min: Math.min(...values), max: Math.max(...values), dimension: 2, calculable: true, orient: 'vertical', right: 0, top: 'middle', textStyle: { color: palette.faint },
      inRange: { color: cells.isLowGood ? ramp.toReversed() : ramp }, formatter: (value: number) => number(value, 4),
    },
    tooltip: tooltip(palette, (hit) => {
      const [x, y, value, n] = (hit as { value: number[] }).value;
      return lines(`${cells.xName} ${cells.xs[x!]}, ${cells.yName} ${cells.ys[y!]}`, [[null, cells.valueName, metricText(value)]], n! > 1 ? `mean of ${n} configurations` : '');
    }),
    series: [{ type: 'heatmap', data, itemStyle: { borderColor: palette.background, borderWidth: 2 }, label: { show: data.length <= 60, formatter: ({ value }: { value: number[] }) => number(value[2], 4), fontSize: 11 } }],
  };
}

/** A parameter of a parallel plot: numbers, or one of several texts. */
export interface Dimension {
  name: string;
  /** The texts, in their order, of one that is no number. */
  texts?: readonly string[];
  isLog?: boolean;
}

/** One line across all dimensions for each configuration; areas of an axis can be marked to single lines out. */
export function parallel(dimensions: readonly Dimension[], rows: readonly { values: readonly (number | string)[]; color: string; width?: number }[], palette: Colors): EChartsCoreOption {
  return {
    parallel: {
      left: 60, right: 90, top: 40, bottom: 24,
      parallelAxisDefault: {
        nameTextStyle: { color: palette.ink, fontSize: 12 }, axisLine: { lineStyle: { color: palette.faint } }, axisTick: { lineStyle: { color: palette.faint } }, axisLabel: { color: palette.faint, fontSize: 11 },
        areaSelectStyle: { width: 16, color: palette.series[0], opacity: 0.25, borderColor: palette.series[0] },
      },
    },
    parallelAxis: dimensions.map((dimension, dim) => ({
      dim, name: shorten(dimension.name, 22), nameLocation: 'end', scale: true, ...(dimension.texts ? { type: 'category', data: dimension.texts } : { type: dimension.isLog ? 'log' : 'value' }),
    })),
    series: [{
      type: 'parallel', smooth: false, inactiveOpacity: 0.05, activeOpacity: 0.9, realtime: true, progressive: 0,
      data: rows.map((row) => ({ value: row.values, lineStyle: { color: row.color, width: row.width ?? 1.4, opacity: 0.7 } })),
    }],
  };
}
