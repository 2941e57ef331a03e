import type { Colors } from '../colors';
import { metric as metricText } from '../format';
import { axis, lines, narrow, shorten, tooltip } from './chart';
import type { EChartsCoreOption } from './echarts';

/** A configuration night by night. */
export interface Nights {
  name: string;
  color: string;
  nights: readonly { night: string; mean: number; low: number; high: number; isRegression: boolean; isImprovement: boolean; remark: string }[];
}

/** Means over seeds with the range of the seeds, night by night; nights that are worse than before are marked. */
export function history(all: readonly Nights[], yName: string, palette: Colors): EChartsCoreOption {
  const nights = [...new Set(all.flatMap((one) => one.nights.map(({ night }) => night)))].sort();
  return {
    grid: { left: 74, right: 240, top: 14, bottom: 60 },
    legend: { type: 'scroll', orient: 'vertical', right: 0, top: 8, width: 220, textStyle: { color: palette.ink }, formatter: (name: string) => shorten(name, 32), data: all.map((one) => one.name) },
    xAxis: { type: 'category', data: nights, axisLabel: { color: palette.faint, hideOverlap: true }, axisLine: { lineStyle: { color: palette.faint } }, axisTick: { show: false } },
    yAxis: axis(palette, yName, { nameGap: 54 }),
    dataZoom: [{ type: 'inside', xAxisIndex: 0 }, { type: 'slider', xAxisIndex: 0, height: 16, bottom: 6, showDataShadow: false, borderColor: palette.grid }],
    tooltip: tooltip(palette, (hit) => {
      const { seriesIndex, dataIndex } = hit as { seriesIndex: number; dataIndex: number };
      const [one, night] = [all[seriesIndex], all[seriesIndex]?.nights[dataIndex]];
      if (!one || !night) return lines('', []);
      return lines(night.night, [[one.color, one.name, `${metricText(night.mean)}  [${metricText(night.low)}, ${metricText(night.high)}]`]], night.remark);
    }),
    ...narrow({ grid: { left: 60, right: 16, top: 50, bottom: 60 }, legend: { orient: 'horizontal', left: 0, right: 0, top: 0, width: 'auto' } }),
    series: all.map((one) => ({
      type: 'line', name: one.name, color: one.color, symbol: 'circle', showAllSymbol: true, lineStyle: { width: 1.6 },
      data: one.nights.map((night) => ({
        value: [night.night, night.mean], symbol: night.isRegression ? 'diamond' : 'circle', symbolSize: night.isRegression ? 14 : 7,
        itemStyle: { color: night.isRegression ? palette.target : one.color, borderColor: night.isImprovement ? palette.series[2] : 'transparent', borderWidth: night.isImprovement ? 3 : 0 },
        ...(night.isRegression ? { label: { show: true, formatter: 'worse', position: 'top', color: palette.target, fontSize: 11 } } : {}),
      })),
    })),
  };
}
