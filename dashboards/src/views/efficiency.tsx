import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { read } from '../api/client';
import type { EfficiencyAtTarget, EfficiencyView } from '../api/schema';
import { Chart } from '../charts/chart';
import { intervals, scatter, type Dot } from '../charts/comparisons';
import { curves } from '../charts/curves';
import { colors, configurationColors, costOf, type Colors } from '../colors';
import { count, duration, metric, none, number } from '../format';
import { Choice, chosen } from '../parts/fields';
import { Loaded } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { aboutSweep } from '../live';
import { useResource } from '../resource';
import type { TabProperties } from './sweep';

const costs = [['sample', 'Tokens'], ['time', 'Seconds'], ['flop', 'FLOPs']] as const;

const found = { sample: 'sample_efficiency', time: 'time_efficiency', flop: 'flop_efficiency' } as const;

/** What the target costs each configuration, against the baseline. */
export function EfficiencyTab({ sweep }: TabProperties): JSX.Element {
  const view = useResource(`efficiency ${sweep.id}`, (signal) => read('/api/sweeps/{id}/efficiency', { path: { id: sweep.id } }, signal), aboutSweep(sweep.id, 'sweep', 'runs'));
  return (
    <Loaded of={view} what="The sample efficiency" isEmpty={(data) => data.rows.every((row) => row.n === 0)} empty={<p>No run has finished yet. What a loss costs is known from finished runs.</p>}>
      {(data) => <Efficiency view={data} sweep={sweep} />}
    </Loaded>
  );
}

function Efficiency({ view, sweep }: { view: EfficiencyView; sweep: TabProperties['sweep'] }): JSX.Element {
  const palette = colors();
  const cost = chosen('cost', costs, 'sample');
  const tints = useMemo(() => configurationColors(view.rows.map((row) => ({ isBaseline: row.is_baseline, cost: costOf(row.mean, sweep.goal) })), palette), [view, sweep.goal, palette]);
  const of = (row: EfficiencyAtTarget): EfficiencyAtTarget['sample_efficiency'] => row[found[cost]];
  const measured = view.rows.filter((row) => of(row) !== null);
  const bars = useMemo(() => intervals(measured.map((row) => {
    const measure = of(row)!;
    return {
      name: row.label, color: tints[row.ordinal] ?? palette.ink, value: measure.value, low: measure.interval?.low ?? null, high: measure.interval?.high ?? null,
      remark: measure.interval ? `95% interval over ${measure.pairs} seeds` : 'one seed: no interval',
    };
  }), `${{ sample: view.cost === 'steps' ? 'Steps' : 'Tokens', time: 'Seconds', flop: 'Floating-point operations' }[cost]} of the baseline divided by its own`, palette), [view, cost, palette]);
  const against = useMemo(() => curves(view.curves.map((curve) => ({
    name: curve.label, color: tints[curve.ordinal] ?? palette.ink, isBaseline: false, ...ascending(curve),
  })), { xName: `Target ${view.metric}`, yName: 'Sample efficiency', isLogX: false, isLogY: false, smoothing: 0, mark: { value: 1, name: 'as the baseline' }, palette }), [view, palette]);
  const front = useMemo(() => scatter(paretoOf(view, sweep.goal === 'minimize', tints, palette), { x: 'Training seconds to the target', y: `Mean ${view.metric} at the end` }, palette), [view, palette]);
  return (
    <>
      {view.target === null
        ? <p>The sweep file names no target (<code>metric: {'{'}target: …{'}'}</code>): the curve below tells the efficiency at every value that both reach.</p>
        : <div class="bar-of-tools"><span>Target {view.metric} {number(view.target)}</span><Choice name="cost" label="Counted in" options={costs.map(([key, name]) => [key, key === 'sample' && view.cost === 'steps' ? 'Steps' : name] as const)} otherwise="sample" /></div>}
      {measured.length > 0 && <Chart title={`Efficiency of ${sweep.name} at the target`} option={bars} height={Math.max(130, 34 * measured.length + 70)} />}
      {view.target !== null && measured.length === 0 && <div class="state">No configuration has reached the target in a seed in which the baseline did.</div>}
      {view.curves.length > 0 && <><h2>Against the target</h2><Chart title={`Sample efficiency of ${sweep.name} against the target`} option={against} height={400} /></>}
      {view.rows.some((row) => row.seconds_to_target !== null) && <><h2>Loss and time</h2><Chart title={`Loss and time of ${sweep.name}`} option={front} height={360} /></>}
      <h2>Values</h2>
      <Table caption={`Efficiency of ${sweep.name}`} rows={view.rows} keyOf={(row) => row.ordinal} columns={columns(view)} rowClass={(row) => (row.is_baseline ? 'is-baseline' : '')} />
    </>
  );
}

function ascending(curve: EfficiencyView['curves'][number]): { x: number[]; y: number[]; low: (number | null)[]; high: (number | null)[] } {
  const places = curve.targets.map((_, place) => place).sort((a, b) => curve.targets[a]! - curve.targets[b]!);
  return { x: places.map((at) => curve.targets[at]!), y: places.map((at) => curve.ratio[at]!), low: places.map((at) => curve.low[at] ?? null), high: places.map((at) => curve.high[at] ?? null) };
}

function paretoOf(view: EfficiencyView, isLowGood: boolean, tints: readonly string[], palette: Colors): Dot[] {
  const dots = view.rows.filter((row) => row.seconds_to_target !== null && row.mean !== null)
    .map((row) => ({ name: row.label, color: tints[row.ordinal] ?? palette.ink, x: row.seconds_to_target!, y: row.mean!, remark: `${row.reached ?? 0} of ${row.n} runs reached the target` }));
  const isAsGood = (a: Dot, b: Dot): boolean => a.x <= b.x && (isLowGood ? a.y <= b.y : a.y >= b.y);
  return dots.map((dot) => ({ ...dot, isOnFront: !dots.some((other) => other !== dot && isAsGood(other, dot) && (other.x !== dot.x || other.y !== dot.y)) }));
}

const ratio = (measure: EfficiencyAtTarget['sample_efficiency']): string =>
  (measure ? `${number(measure.value, 3)}×${measure.interval ? ` [${number(measure.interval.low, 3)}, ${number(measure.interval.high, 3)}]` : ''}` : none);

const columns = (view: EfficiencyView): Column<EfficiencyAtTarget>[] => [
  { key: 'label', title: 'Configuration', isText: true, show: (row) => row.label, by: (row) => row.label },
  { key: 'mean', title: `Mean ${view.metric}`, show: (row) => metric(row.mean), by: (row) => row.mean },
  { key: 'reached', title: 'Reached', hint: 'Runs that reached the target', show: (row) => (row.reached === null ? none : `${row.reached} of ${row.n}`), by: (row) => row.reached },
  { key: 'steps', title: 'Steps', show: (row) => count(row.steps_to_target), by: (row) => row.steps_to_target },
  { key: 'tokens', title: 'Tokens', show: (row) => count(row.tokens_to_target), by: (row) => row.tokens_to_target },
  { key: 'seconds', title: 'Time', show: (row) => duration(row.seconds_to_target), by: (row) => row.seconds_to_target },
  { key: 'sample', title: 'Sample efficiency [95%]', show: (row) => ratio(row.sample_efficiency), by: (row) => row.sample_efficiency?.value },
  { key: 'time', title: 'Time efficiency [95%]', show: (row) => ratio(row.time_efficiency), by: (row) => row.time_efficiency?.value },
  { key: 'flop', title: 'FLOP efficiency [95%]', show: (row) => ratio(row.flop_efficiency), by: (row) => row.flop_efficiency?.value },
];
