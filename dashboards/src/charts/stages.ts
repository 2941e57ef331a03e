import type { Colors } from '../colors';
import { count, duration, many } from '../format';
import { axis, lines, shorten, tooltip } from './chart';
import type { EChartsCoreOption } from './echarts';

/** A stretch of training that is done once for all runs that agree up to its end. */
export interface StageBox {
  id: number;
  parent: number | null;
  from: number;
  to: number;
  done: number;
  state: string;
  seed: number;
  /** Configurations and runs that go through it. */
  runs: number;
  label: string;
  seconds: number | null;
  error: string | null;
}

/** A stage and the row that it is drawn in: each path to an end has a row, a shared stage the middle of its branches' rows. */
export interface PlacedStage extends StageBox {
  top: number;
  rows: number;
}

/** Gives each stage its rows: a stage spans those of its branches. */
export function arrange(stages: readonly StageBox[]): { placed: PlacedStage[]; rows: number } {
  const known = new Set(stages.map((stage) => stage.id));
  const branches = Map.groupBy(stages, (stage) => (stage.parent !== null && known.has(stage.parent) ? stage.parent : null));
  const placed: PlacedStage[] = [];
  let next = 0;
  // Without recursion: a tree of many extensions is deep.
  const order: { stage: StageBox; isLeft: boolean; top: number }[] = (branches.get(null) ?? []).toReversed().map((stage) => ({ stage, isLeft: false, top: 0 }));
  while (order.length > 0) {
    const visit = order.pop()!;
    const children = branches.get(visit.stage.id) ?? [];
    if (visit.isLeft) {
      placed.push({ ...visit.stage, top: visit.top, rows: next - visit.top });
    } else if (children.length === 0) {
      placed.push({ ...visit.stage, top: next++, rows: 1 });
    } else {
      order.push({ ...visit, isLeft: true, top: next }, ...children.toReversed().map((stage) => ({ stage, isLeft: false, top: 0 })));
    }
  }
  return { placed, rows: next };
}

const stateColors = (palette: Colors): Record<string, string> => ({
  completed: palette.series[2]!, running: palette.series[0]!, ready: palette.series[5]!, waiting: palette.other, failed: palette.target, cancelled: palette.faint, pruned: palette.faint,
});

interface RenderApi {
  value: (dimension: number) => number;
  coord: (place: readonly [number, number]) => number[];
}

/** The stage tree by step, a box for each stage, coloured by state; what is trained of it is filled. */
export function stageTree(placed: readonly PlacedStage[], rows: number, palette: Colors): EChartsCoreOption {
  const ofState = stateColors(palette);
  return {
    grid: { left: 20, right: 24, top: 10, bottom: 66 },
    xAxis: axis(palette, 'Training steps', { min: 0, scale: false, axisLine: { onZero: false, lineStyle: { color: palette.faint } } }),
    yAxis: { type: 'value', min: 0, max: Math.max(1, rows), inverse: true, show: false },
    tooltip: tooltip(palette, (hit) => {
      const stage = placed[(hit as { dataIndex: number }).dataIndex]!;
      const facts: [null, string, string][] = [
        [null, 'state', stage.state], [null, 'steps', `${count(stage.done - stage.from)} of ${count(stage.to - stage.from)}`], [null, 'seed', String(stage.seed)], [null, 'shared by', many(stage.runs, 'run')],
      ];
      if (stage.seconds !== null) facts.push([null, 'trained for', duration(stage.seconds)]);
      return lines(`Stage ${stage.id}: steps ${count(stage.from)} to ${count(stage.to)}`, facts, shorten(stage.error ?? stage.label, 300));
    }),
    dataZoom: [
      { type: 'inside', xAxisIndex: 0, filterMode: 'none' },
      { type: 'inside', yAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'shift' },
      { type: 'slider', xAxisIndex: 0, filterMode: 'none', height: 16, bottom: 6, borderColor: palette.grid, showDataShadow: false, textStyle: { color: palette.faint, fontSize: 10 } },
    ],
    series: [{
      type: 'custom', clip: true, progressive: 0, data: placed.map((stage) => [stage.from, stage.to, stage.top, stage.top + stage.rows, stage.done]), encode: { x: [0, 1], y: [2, 3] },
      renderItem: (parameters: { dataIndex: number }, api: RenderApi) => {
        const stage = placed[parameters.dataIndex]!;
        const [left, top] = api.coord([stage.from, stage.top]) as [number, number];
        const [right, bottom] = api.coord([stage.to, stage.top + stage.rows]) as [number, number];
        const [until] = api.coord([stage.done, stage.top]) as [number, number];
        const color = ofState[stage.state] ?? palette.faint;
        const gap = bottom - top > 6 ? 1.5 : 0;
        const box = { x: left + 0.5, y: top + gap, width: Math.max(1, right - left - 1), height: Math.max(1, bottom - top - 2 * gap) };
        const isRoomy = box.height >= 13 && box.width >= 46;
        return {
          type: 'group',
          children: [
            { type: 'rect', shape: { ...box, r: gap > 0 ? 2 : 0 }, style: { fill: color, opacity: 0.16, stroke: color, lineWidth: gap > 0 ? 1 : 0 } },
            { type: 'rect', shape: { ...box, width: Math.max(0, Math.min(box.width, until - left)), r: gap > 0 ? 2 : 0 }, style: { fill: color, opacity: 0.5 } },
            ...(isRoomy ? [{
              type: 'text', silent: true,
              style: { x: box.x + 6, y: box.y + box.height / 2, text: `${stage.runs > 1 ? `${stage.runs} runs` : stage.label} · seed ${stage.seed}`, verticalAlign: 'middle', fill: palette.ink, fontSize: 11, width: box.width - 10, overflow: 'truncate' },
            }] : []),
          ],
        };
      },
    }],
  };
}
