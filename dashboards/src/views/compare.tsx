import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { read, toNumber } from '../api/client';
import type { ComparisonRow, ComparisonView, ConfigurationSummary, CurvesView, VerdictView } from '../api/schema';
import { useTitle } from '../app';
import { Chart } from '../charts/chart';
import { curves, type Line } from '../charts/curves';
import { colors } from '../colors';
import { axes, axisNames } from '../curveRequest';
import { count, duration, many, metric, none, number, probability } from '../format';
import { textOf } from '../parameters';
import { Choice, chosen } from '../parts/fields';
import { Loaded } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { useResource } from '../resource';
import { choice, go, Link } from '../router';

/** What is compared: configurations by their sweep and their place in it; without a place all of the sweep. */
const chosenItems = (): { sweep: number; place: number | null }[] =>
  choice('items', '').split(',').map((text) => /^(\d+)(?::(\d+))?$/.exec(text)).filter((match) => match !== null).map((match) => ({ sweep: Number(match[1]), place: match[2] === undefined ? null : Number(match[2]) }));

interface Side {
  sweep: number;
  name: string;
  row: ConfigurationSummary;
  verdict: VerdictView;
  curve: CurvesView['curves'][number] | undefined;
}

/** Configurations of any sweeps side by side. */
export function CompareView(): JSX.Element {
  useTitle('Compare');
  const items = chosenItems();
  const x = chosen('x', axes, 'steps');
  const sides = useResource(`compare ${choice('items', '')} ${x}`, async (signal): Promise<Side[]> => {
    const sweeps = [...new Set(items.map((item) => item.sweep))];
    const found = await Promise.all(sweeps.map(async (sweep) => {
      const [view, verdict, drawn] = await Promise.all([
        read('/api/sweeps/{id}', { path: { id: sweep } }, signal), read('/api/sweeps/{id}/verdict', { path: { id: sweep } }, signal),
        read('/api/sweeps/{id}/curves', { path: { id: sweep }, query: { x, points: 500 } }, signal),
      ]);
      return verdict.summary.configurations.map((row) => ({ sweep, name: view.name, row, verdict, curve: drawn.curves.find((curve) => curve.ordinal === row.index) }));
    }));
    return found.flat().filter((side) => items.some((item) => item.sweep === side.sweep && (item.place === null || item.place === side.row.index)));
  });
  return (
    <>
      <div class="head"><h1>Compare</h1></div>
      <Add items={items} />
      {items.length === 0
        ? <div class="state">Nothing is chosen yet. Add a sweep above, or select configurations in the table of a sweep.</div>
        : <Loaded of={sides} what="The comparison" isEmpty={(all) => all.length === 0} empty={<p>There is no such configuration.</p>}>{(all) => <Sides sides={all} x={x} />}</Loaded>}
    </>
  );
}

function Add({ items }: { items: ReturnType<typeof chosenItems> }): JSX.Element {
  const sweeps = useResource('sweeps to compare', (signal) => read('/api/sweeps', { query: { limit: 500 } }, signal));
  const [picked, setPicked] = useState('');
  const add = (): void => {
    if (picked) go(`/compare?items=${[...items.map((item) => (item.place === null ? item.sweep : `${item.sweep}:${item.place}`)), picked].join(',')}`);
    setPicked('');
  };
  return (
    <div class="bar-of-tools">
      <label class="field">Sweep
        <select value={picked} onChange={(event) => setPicked(event.currentTarget.value)}>
          <option value="">choose</option>
          {(sweeps.data?.items ?? []).map((sweep) => <option key={sweep.id} value={sweep.id}>{sweep.id}: {sweep.name}</option>)}
        </select>
      </label>
      <button type="button" disabled={!picked} onClick={add}>Add</button>
      {items.length > 0 && <Link href="/compare" class="button">Clear</Link>}
    </div>
  );
}

function Sides({ sides, x }: { sides: readonly Side[]; x: keyof typeof axisNames }): JSX.Element {
  const palette = colors();
  const sweeps = [...new Set(sides.map((side) => side.sweep))];
  const several = sweeps.length > 1;
  const nameOf = (side: Side): string => (several ? `${side.name}: ${side.row.label}` : side.row.label);
  const names = [...new Set(sides.map((side) => side.verdict.summary.metric))];
  const drawn = useMemo(() => sides.flatMap((side, index): Line[] => (side.curve ? [{
    name: nameOf(side), color: palette.series[index % palette.series.length]!, isBaseline: false, x: side.curve.x, y: side.curve.y.map(toNumber),
    ...(side.curve.low && side.curve.high ? { low: side.curve.low, high: side.curve.high } : {}),
  }] : [])), [sides, palette]);
  const option = useMemo(() => curves(drawn, { xName: axisNames[x], yName: names.join(', '), isLogX: false, isLogY: false, smoothing: 0, mark: null, palette }), [drawn, x, palette]);
  const parameters = [...new Set(sides.flatMap((side) => Object.keys(side.row.parameters)))].filter((name) => new Set(sides.map((side) => textOf(side.row.parameters[name]))).size > 1);
  const columns: Column<Side>[] = [
    { key: 'name', title: 'Configuration', isText: true, show: (side) => <Link href={`/sweeps/${side.sweep}`}>{nameOf(side)}</Link>, by: nameOf },
    ...parameters.map((name): Column<Side> => ({ key: `parameter.${name}`, title: name, show: (side) => textOf(side.row.parameters[name]), by: (side) => textOf(side.row.parameters[name]) })),
    { key: 'n', title: 'Seeds', show: (side) => side.row.n, by: (side) => side.row.n },
    { key: 'mean', title: `Mean ${names.join(', ')}`, show: (side) => metric(side.row.mean), by: (side) => side.row.mean },
    { key: 'sd', title: 'SD', show: (side) => metric(side.row.sd), by: (side) => side.row.sd },
    { key: 'interval', title: '95% interval', show: (side) => (side.row.interval ? `[${metric(side.row.interval.low)}, ${metric(side.row.interval.high)}]` : none) },
    { key: 'steps', title: 'Steps to target', show: (side) => count(side.row.steps_to_target), by: (side) => side.row.steps_to_target },
    { key: 'seconds', title: 'Time to target', show: (side) => duration(side.row.seconds_to_target), by: (side) => side.row.seconds_to_target },
  ];
  return (
    <>
      {names.length > 1 && <p class="stale">These sweeps are judged by different metrics ({names.join(', ')}); their values are not comparable.</p>}
      <div class="bar-of-tools"><Choice name="x" label="Against" options={axes} otherwise="steps" /><span class="faint">{many(sides.length, 'configuration')}.</span></div>
      {drawn.length > 0 && <Chart title={`Comparison of ${many(sides.length, 'configuration')}`} option={option} height={460} />}
      <Table caption="Comparison" rows={sides} columns={columns} keyOf={(side) => `${side.sweep}:${side.row.index}`} />
      {names.length === 1 && <Tests sweeps={sweeps} sides={sides} />}
    </>
  );
}

/** What `sweeps compare` says of the sweeps: the head's own tests, of which the configurations that were chosen are shown. */
function Tests({ sweeps, sides }: { sweeps: readonly number[]; sides: readonly Side[] }): JSX.Element {
  const found = useResource(`tests ${sweeps.join(' ')}`, (signal) => read('/api/compare', { query: { sweeps: [...sweeps] } }, signal));
  return (
    <>
      <h2>Tests</h2>
      <Loaded of={found} what="The tests">{(comparison) => <TestsOf comparison={comparison} sides={sides} command={`./sweeps compare ${sweeps.join(' ')}`} />}</Loaded>
    </>
  );
}

type Compared = ComparisonView['rows'][number];

function TestsOf({ comparison, sides, command }: { comparison: ComparisonView; sides: readonly Side[]; command: string }): JSX.Element {
  const reference = comparison.rows[0]!;
  const rows = comparison.rows.filter((row) => row === reference || sides.some((side) => side.sweep === row.sweep_id && side.row.index === row.ordinal));
  const units = [...new Set(rows.flatMap((row) => row.found.to_target.map((cost) => cost.unit)))];
  const columns: Column<Compared>[] = [
    { key: 'name', title: 'Configuration', isText: true, show: ({ found, ordinal, sweep_id }) => <>{found.name}{ordinal === reference.ordinal && sweep_id === reference.sweep_id && <span class="second">reference</span>}</>, by: ({ found }) => found.name },
    { key: 'n', title: 'Runs', show: ({ found }) => <>{found.n}{found.diverged > 0 && <span class="bad">, {found.diverged} diverged</span>}</>, by: ({ found }) => found.n },
    { key: 'difference', title: `Difference of ${comparison.metric}`, hint: 'From the reference, with its 95% interval', show: ({ found }) => <Difference of={found} />, by: ({ found }) => found.difference?.difference },
    { key: 'test', title: 'Test', isText: true, show: ({ found }) => (found.test === 'paired' ? 'paired by seed' : found.test === 'welch' ? 'Welch' : none), by: ({ found }) => found.test },
    { key: 'p', title: 'p', show: ({ found }) => probability(found.difference?.p), by: ({ found }) => found.difference?.p },
    { key: 'adjusted', title: 'p, corrected', hint: `Holm's correction for all ${comparison.comparisons} comparisons with the reference`, show: ({ found }) => probability(found.adjusted_p), by: ({ found }) => found.adjusted_p },
    ...units.map((unit): Column<Compared> => ({
      key: `ratio.${unit}`, title: `Ratio of ${unit} to ${number(comparison.target)}`, hint: 'The reference\'s cost of the target divided by the configuration\'s, with its 95% interval: above 1 it is cheaper',
      show: ({ found }) => <Ratio of={found} unit={unit} />, by: ({ found }) => found.to_target.find((cost) => cost.unit === unit)?.ratio?.value,
    })),
  ];
  return (
    <>
      <p class="faint">
        Against {reference.found.name}, the baseline of the first sweep. Corrected p-values are for {many(comparison.comparisons, 'comparison')}: all configurations of these sweeps, chosen here or not.
        The same in a terminal: <code>{command}</code>
      </p>
      <Table caption="Tests" rows={rows} columns={columns} keyOf={(row) => `${row.sweep_id}:${row.ordinal}`} name="tests" />
      <ul class="sentences">{rows.flatMap((row) => row.found.sentences).map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
    </>
  );
}

const three = (value: number): string => value.toFixed(3).replace('-', '−');

const Difference = ({ of: row }: { of: ComparisonRow }): JSX.Element => {
  const test = row.difference;
  return test ? <>{metric(test.difference)}{test.interval && <span class="second">{metric(test.interval.low)} to {metric(test.interval.high)}</span>}</> : <>{none}</>;
};

function Ratio({ of: row, unit }: { of: ComparisonRow; unit: string }): JSX.Element {
  const ratio = row.to_target.find((cost) => cost.unit === unit)?.ratio;
  if (!ratio) return <>{row.reached === 0 ? 'not reached' : none}</>;
  return <>{three(ratio.value)}{ratio.interval && <span class="second">{three(ratio.interval.low)} to {three(ratio.interval.high)}</span>}</>;
}
