import type { JSX } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { newestSweeps } from '../ahead';
import { read, readAll, type Answer } from '../api/client';
import type { SweepView } from '../api/schema';
import { useTitle } from '../app';
import { ago, count, duration, many, metric, moment, none, percent } from '../format';
import { useHappenings, type Happening } from '../live';
import { Select, Search } from '../parts/fields';
import { Loaded, Progress, State } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { useResource, type Resource } from '../resource';
import { choice, Link } from '../router';
import { Submit } from './submit';

const states = [['', 'all'], ['running', 'running'], ['paused', 'paused'], ['completed', 'completed'], ['failed', 'failed'], ['cancelled', 'cancelled']] as const;

/** All sweeps of the head, the newest first. */
export function SweepsView(): JSX.Element {
  useTitle('');
  const sweeps = useSweeps();
  const search = choice('search', '').toLowerCase();
  const state = choice('state', '');
  const isShown = (sweep: SweepView): boolean =>
    (state === '' || sweep.state === state) && (search === '' || `${sweep.id} ${sweep.name} ${sweep.description ?? ''} ${sweep.verdict ?? ''}`.toLowerCase().includes(search));
  return (
    <>
      <div class="head">
        <h1>Sweeps</h1>
        <div class="actions"><Submit /></div>
      </div>
      <Loaded of={sweeps} what="The list of sweeps" isEmpty={(page) => page.total === 0} empty={<Welcome />}>
        {(page) => {
          const rows = page.items.filter(isShown);
          return (
            <>
              <div class="bar-of-tools">
                <Search name="search" label="Search names, questions, verdicts" />
                <Select name="state" label="State" options={states} otherwise="" />
                <span class="faint">{rows.length + (page.total - page.items.length) === page.total ? many(page.total, 'sweep') : `${count(rows.length)} of ${many(page.total, 'sweep')}`}</span>
              </div>
              {rows.length === 0
                ? <div class="state">No sweep is like that. <Link href="/">Show all</Link></div>
                : <Table caption="Sweeps" rows={rows} columns={columns} keyOf={(sweep) => sweep.id} otherwise="-id" />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** The list is read again when nothing has come for so long; until then messages keep it up to date. */
const quiet = 2500;
/** Rows of one answer; more come in several. */
const rowsAtOnce = 10_000;

/** All sweeps; at first the newest alone, where the others could not be before them. */
function useSweeps(): Resource<Answer<'/api/sweeps'>> {
  const [newest, setNewest] = useState<Answer<'/api/sweeps'> | undefined>(undefined);
  const [told, setTold] = useState<ReadonlyMap<number, SweepView>>(new Map());
  const latest = useRef(told);
  latest.current = told;
  const all = useResource('sweeps', async (signal) => {
    const before = latest.current;
    const first = await read('/api/sweeps', newestSweeps, signal);
    if (first.total > first.items.length) setNewest(first);
    const page = first.total > first.items.length ? await readAll('/api/sweeps', {}, rowsAtOnce, signal) : first;
    setTold((old) => new Map([...old].filter(([id, sweep]) => before.get(id) !== sweep)));
    return page;
  }, ({ kind }) => kind === 'sweep', quiet);
  useHappenings(useCallback((happening: Happening) => {
    if (happening.kind === 'sweep') setTold((old) => new Map(old).set(happening.data.id, happening.data));
  }, []));
  const isOrdered = choice('sort', '') === '' && choice('search', '') === '' && choice('state', '') === '';
  const known = all.data ?? (isOrdered ? newest : undefined);
  const data = useMemo(() => {
    if (!known || told.size === 0) return known;
    const added = [...told.values()].filter((sweep) => sweep.id > Math.max(0, ...known.items.map(({ id }) => id)));
    return { ...known, total: known.total + added.length, items: [...added, ...known.items.map((sweep) => told.get(sweep.id) ?? sweep)] };
  }, [known, told]);
  return { ...all, data };
}

const saved = (sweep: SweepView): number | null => {
  if (sweep.steps_without_sharing === null || sweep.steps_planned === null || sweep.steps_without_sharing === 0) return null;
  return 1 - sweep.steps_planned / sweep.steps_without_sharing;
};

const columns: Column<SweepView>[] = [
  { key: 'id', title: 'ID', show: (sweep) => sweep.id, by: (sweep) => sweep.id },
  {
    key: 'name', title: 'Sweep', isText: true, by: (sweep) => sweep.name,
    show: (sweep) => <><Link href={`/sweeps/${sweep.id}`}>{sweep.name}</Link><span class="second" title={sweep.description ?? ''}>{sweep.description}</span></>,
  },
  { key: 'state', title: 'State', isText: true, show: (sweep) => <State of={sweep.state} />, by: (sweep) => sweep.state },
  {
    key: 'progress', title: 'Runs', hint: 'Runs that are complete, of all', by: (sweep) => sweep.runs_completed / Math.max(1, sweep.runs),
    show: (sweep) => {
      const failed = sweep.runs_failed > 0 ? `, ${sweep.runs_failed} failed` : '';
      const words = `${count(sweep.runs_completed)} of ${many(sweep.runs, 'run')}${failed}`;
      const done = sweep.steps_planned ? sweep.steps_done : sweep.runs_completed;
      return <><Progress done={done} all={sweep.steps_planned || sweep.runs} label={words} /> {count(sweep.runs_completed)}/{count(sweep.runs)}{failed && <span class="bad">{failed}</span>}</>;
    },
  },
  {
    key: 'best', title: 'Best configuration', isText: true, by: (sweep) => sweep.best?.mean,
    show: (sweep) => (sweep.best ? <>{metric(sweep.best.mean)}<span class="second" title={sweep.best.label}>{sweep.best.label}</span></> : none),
  },
  { key: 'verdict', title: 'Verdict', isText: true, show: (sweep) => <span class="second" title={sweep.verdict ?? ''}>{sweep.verdict?.split('\n')[0] ?? none}</span> },
  { key: 'saved', title: 'Saved', hint: 'Steps that shared prefixes save, of those without sharing', show: (sweep) => percent(saved(sweep)), by: saved },
  { key: 'hours', title: 'Machine time', show: (sweep) => duration(sweep.machine_seconds), by: (sweep) => sweep.machine_seconds },
  { key: 'left', title: 'Time left', show: (sweep) => duration(sweep.seconds_left), by: (sweep) => sweep.seconds_left },
  { key: 'created', title: 'Begun', show: (sweep) => <time dateTime={sweep.created_at} title={moment(sweep.created_at)}>{ago(sweep.created_at)}</time>, by: (sweep) => Date.parse(sweep.created_at) },
];

const Welcome = (): JSX.Element => (
  <>
    <p>No sweep has been run here yet. Submit a sweep file with the button above, or in a terminal:</p>
    <p><code>./sweeps submit experiments/quickstart.yaml</code></p>
  </>
);
