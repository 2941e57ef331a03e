import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { numeric, readAll } from '../api/client';
import type { ConfigurationSummary, RunResult, SweepSummary, VerdictView } from '../api/schema';
import { coloredOf, colors, configurationColors } from '../colors';
import { count, many, metric, none, number, percent, probability } from '../format';
import { parameterNames, textOf, valueOf } from '../parameters';
import { Choice, chosen, Search, Select } from '../parts/fields';
import { Loaded, State } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { aboutSweep } from '../live';
import { useResource } from '../resource';
import { choice, choose, go, Link } from '../router';
import type { TabProperties } from './sweep';

const kinds = [['configurations', 'Configurations'], ['runs', 'Runs'], ['groups', 'Groups']] as const;

/** Configurations, runs, or groups of configurations that agree on a parameter. */
export function TableTab({ sweep, verdict }: TabProperties): JSX.Element {
  const kind = chosen('rows', kinds, 'configurations');
  return (
    <Loaded of={verdict} what="The results">
      {({ summary }) => (
        <>
          <div class="bar-of-tools">
            <Choice name="rows" label="Rows" options={kinds} otherwise="configurations" />
            <Search name="search" label="Search labels and parameters" />
            {kind === 'groups' && <Select name="group" label="Group by" otherwise="" options={[['', 'choose'], ...parameterNames(summary).map((name) => [name, name] as const)]} />}
            <Columns summary={summary} />
            <a class="button" href={`/api/export/${sweep.id}.csv`} download>CSV</a>
            <a class="button" href={`/api/export/${sweep.id}.json`} download>JSON</a>
            <a class="button" href={`/api/export/${sweep.id}.sqlite`} download>SQLite</a>
          </div>
          {kind === 'configurations' && <Configurations sweep={sweep} summary={summary} />}
          {kind === 'runs' && <Runs sweep={sweep} summary={summary} />}
          {kind === 'groups' && <Groups summary={summary} />}
        </>
      )}
    </Loaded>
  );
}

const hiddenNames = (): ReadonlySet<string> => new Set(choice('hide', '').split(',').filter(Boolean));

/** Which parameters have a column. */
function Columns({ summary }: { summary: SweepSummary }): JSX.Element | null {
  const names = parameterNames(summary);
  if (names.length === 0) return null;
  const hidden = hiddenNames();
  const toggle = (name: string): void => choose('hide', names.filter((one) => hidden.has(one) !== (one === name)).join(','), '');
  return (
    <details class="menu">
      <summary class="button">Columns</summary>
      <div class="card">{names.map((name) => <label key={name} class="switch"><input type="checkbox" checked={!hidden.has(name)} onChange={() => toggle(name)} />{name}</label>)}</div>
    </details>
  );
}

const matches = (label: string, parameters: Readonly<Record<string, unknown>>): boolean => {
  const search = choice('search', '').toLowerCase();
  return search === '' || `${label} ${Object.entries(parameters).map(([name, value]) => `${name}=${textOf(value)}`).join(' ')}`.toLowerCase().includes(search);
};

const parameterColumns = <R,>(summary: SweepSummary, of: (row: R) => Readonly<Record<string, unknown>>): Column<R>[] => {
  const hidden = hiddenNames();
  return parameterNames(summary).filter((name) => !hidden.has(name)).map((name) => ({
    key: `parameter.${name}`, title: name, show: (row) => textOf(of(row)[name]), by: (row) => valueOf(of(row)[name]),
  }));
};

function Configurations({ sweep, summary }: { sweep: TabProperties['sweep']; summary: SweepSummary }): JSX.Element {
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const tints = configurationColors(coloredOf(summary), colors());
  const rows = summary.configurations.filter((row) => matches(row.label, row.parameters));
  const toggle = (index: number): void => setSelected((old) => {
    const changed = new Set(old);
    if (!changed.delete(index)) changed.add(index);
    return changed;
  });
  const hasTarget = summary.target !== null;
  const columns: Column<ConfigurationSummary>[] = [
    { key: 'select', title: 'Compare', show: (row) => <input type="checkbox" aria-label={`Compare ${row.label}`} checked={selected.has(row.index)} onChange={() => toggle(row.index)} /> },
    {
      key: 'label', title: 'Configuration', isText: true, by: (row) => row.label,
      show: (row) => <><span class="swatch" style={{ background: tints[row.index] ?? '' }} />{row.label}{row.is_baseline && <span class="faint"> baseline</span>}</>,
    },
    ...parameterColumns<ConfigurationSummary>(summary, (row) => row.parameters),
    { key: 'n', title: 'Seeds', show: (row) => `${row.n} of ${row.planned}`, by: (row) => row.n },
    { key: 'mean', title: `Mean ${summary.metric}`, show: (row) => metric(row.mean), by: (row) => row.mean },
    { key: 'sd', title: 'SD', show: (row) => metric(row.sd), by: (row) => row.sd },
    { key: 'interval', title: '95% interval', show: (row) => (row.interval ? `[${metric(row.interval.low)}, ${metric(row.interval.high)}]` : none) },
    { key: 'difference', title: 'Difference', hint: 'To its baseline', show: (row) => metric(row.difference), by: (row) => row.difference },
    { key: 'p', title: 'p', show: (row) => probability(row.p), by: (row) => row.p },
    { key: 'all', title: 'p, all', hint: 'After Holm’s correction for all comparisons', show: (row) => probability(row.adjusted_p), by: (row) => row.adjusted_p },
    ...(hasTarget ? [
      { key: 'reached', title: 'Reached', hint: `Runs that reached ${summary.target}`, show: (row: ConfigurationSummary) => (row.reached === null ? none : `${row.reached} of ${row.reached + (row.not_reached ?? 0)}`), by: (row: ConfigurationSummary) => row.reached },
      { key: 'efficiency', title: 'Efficiency', hint: 'Training that its baseline needs for the target, divided by its own', show: (row: ConfigurationSummary) => (row.efficiency ? `${number(row.efficiency.value, 3)}×` : none), by: (row: ConfigurationSummary) => row.efficiency?.value },
    ] : []),
    { key: 'standing', title: 'Stands', isText: true, show: (row) => <State of={row.standing.replace('_', ' ')} />, by: (row) => row.standing },
  ];
  const items = [...selected].map((index) => `${sweep.id}:${index}`).join(',');
  return (
    <>
      <p class="faint">
        {rows.length === summary.configurations.length ? many(rows.length, 'configuration') : `${count(rows.length)} of ${many(summary.configurations.length, 'configuration')}`}{' '}
        <button type="button" disabled={selected.size === 0} onClick={() => go(`/compare?items=${items}`)}>Compare {selected.size > 0 ? selected.size : ''} selected</button>
      </p>
      <Table caption={`Configurations of ${sweep.name}`} rows={rows} columns={columns} keyOf={(row) => row.index} rowClass={(row) => (row.is_baseline ? 'is-baseline' : '')} />
    </>
  );
}

function Runs({ sweep, summary }: { sweep: TabProperties['sweep']; summary: VerdictView['summary'] }): JSX.Element {
  const runs = useResource(`runs ${sweep.id}`, (signal) => readAll('/api/sweeps/{id}/runs', { path: { id: sweep.id } }, 10_000, signal), aboutSweep(sweep.id, 'sweep', 'runs', 'points'));
  const parameters = useMemo(() => new Map(summary.configurations.map((row) => [row.index, row.parameters])), [summary]);
  const of = (run: RunResult): Readonly<Record<string, unknown>> => parameters.get(run.ordinal) ?? {};
  const columns: Column<RunResult>[] = [
    { key: 'id', title: 'Run', show: (run) => <Link href={`/runs/${run.id}`}>{run.id}</Link>, by: (run) => run.id },
    { key: 'state', title: 'State', isText: true, show: (run) => <State of={run.state} />, by: (run) => run.state },
    { key: 'label', title: 'Configuration', isText: true, show: (run) => <>{run.label}{run.error && <span class="second bad" title={run.error}>{run.error}</span>}</>, by: (run) => run.label },
    ...parameterColumns<RunResult>(summary, of),
    { key: 'seed', title: 'Seed', show: (run) => run.seed, by: (run) => run.seed },
    { key: 'steps', title: 'Steps', show: (run) => (run.steps > 0 ? `${count(run.steps_done)} (${percent(run.steps_done / run.steps)})` : count(run.steps_done)), by: (run) => run.steps_done },
    { key: 'last', title: `Last ${summary.metric}`, show: (run) => metric(numeric(run.last)), by: (run) => numeric(run.last) },
    { key: 'min', title: 'Least', show: (run) => metric(numeric(run.min)), by: (run) => numeric(run.min) },
    { key: 'max', title: 'Most', show: (run) => metric(numeric(run.max)), by: (run) => numeric(run.max) },
  ];
  return (
    <Loaded of={runs} what="The runs" isEmpty={(page) => page.total === 0} empty={<p>No run is planned yet.</p>}>
      {(page) => <Table caption={`Runs of ${sweep.name}`} rows={page.items.filter((run) => matches(run.label, of(run)))} columns={columns} keyOf={(run) => run.id} />}
    </Loaded>
  );
}

interface Group {
  key: string;
  value: unknown;
  members: ConfigurationSummary[];
  n: number;
  mean: number;
  best: number;
}

function Groups({ summary }: { summary: SweepSummary }): JSX.Element {
  const name = choice('group', '');
  if (!parameterNames(summary).includes(name)) return <div class="state">Choose the parameter to group by: configurations with the same value of it become one row.</div>;
  const measured = summary.configurations.filter((row) => row.mean !== null && matches(row.label, row.parameters));
  const groups: Group[] = [...Map.groupBy(measured, (row) => textOf(row.parameters[name]))].map(([key, members]) => {
    const means = members.map((row) => row.mean!);
    return {
      key, value: members[0]!.parameters[name], members, n: members.reduce((sum, row) => sum + row.n, 0), mean: means.reduce((sum, value) => sum + value, 0) / means.length,
      best: summary.goal === 'minimize' ? Math.min(...means) : Math.max(...means),
    };
  });
  const columns: Column<Group>[] = [
    { key: 'value', title: name, isText: true, show: (group) => group.key, by: (group) => valueOf(group.value) },
    { key: 'members', title: 'Configurations', show: (group) => group.members.length, by: (group) => group.members.length },
    { key: 'n', title: 'Runs', show: (group) => group.n, by: (group) => group.n },
    { key: 'mean', title: `Mean of the means of ${summary.metric}`, show: (group) => metric(group.mean), by: (group) => group.mean },
    { key: 'best', title: 'Best mean', show: (group) => metric(group.best), by: (group) => group.best },
  ];
  return <Table caption={`Configurations by ${name}`} rows={groups} columns={columns} keyOf={(group) => group.key} />;
}
