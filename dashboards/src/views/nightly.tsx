import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { read, readAll, send, toNumber } from '../api/client';
import type { NightConfiguration, NightView, NightlyJobView, SweepView } from '../api/schema';
import { useTitle } from '../app';
import { Chart } from '../charts/chart';
import { history, type Nights } from '../charts/history';
import { colors, configurationColors, costOf } from '../colors';
import { ago, many, metric, moment, none, number, probability } from '../format';
import type { Happening } from '../live';
import { Choice, chosen } from '../parts/fields';
import { Loaded, State } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { useResource } from '../resource';
import { go, Link } from '../router';

const mayConcern = (happening: Happening): boolean => happening.kind === 'sweep' || (happening.kind === 'event' && happening.data.kind.startsWith('night'));

/** All nightly jobs, or one with its history. */
export function NightlyView({ name }: { name: string | null }): JSX.Element {
  return name === null ? <Jobs /> : <Job key={name} name={name} />;
}

function Jobs(): JSX.Element {
  useTitle('Nightly');
  const jobs = useResource('nightly', (signal) => readAll('/api/nightly', { query: { nights: 1 } }, 100, signal), mayConcern);
  return (
    <>
      <div class="head"><h1>Nightly jobs</h1></div>
      <Loaded of={jobs} what="The nightly jobs" isEmpty={(page) => page.total === 0} empty={<><p>No job is scheduled. A sweep file with a schedule becomes one:</p><p><code>./sweeps nightly add experiments/nightly/heads.yaml</code></p></>}>
        {(page) => <Table caption="Nightly jobs" rows={page.items} keyOf={(job) => job.name} columns={jobColumns} />}
      </Loaded>
    </>
  );
}

const jobColumns: Column<NightlyJobView>[] = [
  { key: 'name', title: 'Job', isText: true, show: (job) => <Link href={`/nightly/${encodeURIComponent(job.name)}`}>{job.name}</Link>, by: (job) => job.name },
  { key: 'last', title: 'Last night', isText: true, show: ({ history: [night] }) => (night ? <>{night.night} <State of={night.state} /></> : none), by: ({ history: [night] }) => night?.night },
  { key: 'found', title: 'Found', isText: true, show: ({ history: [night] }) => (night ? <><Events night={night} /><span class="second wide" title={night.verdict ?? ''}>{night.verdict?.split('\n')[0]}</span></> : none) },
  { key: 'next', title: 'Next night', show: (job) => (job.is_paused ? 'paused' : moment(job.next)), by: (job) => job.next },
  { key: 'cron', title: 'Schedule', isText: true, show: (job) => <><code>{job.cron}</code> {job.timezone}</> },
];

const Events = ({ night }: { night: NightView }): JSX.Element => <>{night.events.filter((event) => event !== 'completed').map((event) => <span key={event} class={`badge ${event === 'improvement' ? 'is-better' : 'is-regressed'}`}>{event}</span>)}</>;

const measures = [['metric', 'Metric'], ['speed', 'Speed']] as const;

function Job({ name }: { name: string }): JSX.Element {
  useTitle(`${name}, nightly`);
  const job = useResource(`nightly ${name}`, (signal) => read('/api/nightly/{name}', { path: { name }, query: { nights: 90 } }, signal), mayConcern);
  const [problem, setProblem] = useState('');
  const act = async (command: 'run' | 'pause' | 'resume'): Promise<void> => {
    setProblem('');
    try {
      const answer = await send<SweepView | NightlyJobView>('POST', `/nightly/${encodeURIComponent(name)}/${command}`);
      if ('id' in answer) return go(`/sweeps/${answer.id}`);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    job.reload();
  };
  return (
    <Loaded of={job} what="The nightly job">
      {(known) => (
        <>
          <div class="head">
            <h1>{known.name}</h1>
            {known.is_paused && <State of="paused" />}
            <span class="actions">
              {problem && <span class="bad" role="alert">{problem}</span>}
              <button type="button" onClick={() => void act('run')}>Run now</button>
              <button type="button" onClick={() => void act(known.is_paused ? 'resume' : 'pause')}>{known.is_paused ? 'Resume' : 'Pause'}</button>
            </span>
          </div>
          <p class="facts">
            <span><code>{known.cron}</code> {known.timezone}</span>
            <span>next night <b>{known.is_paused ? 'none while paused' : moment(known.next)}</b></span>
            <span>compared with the last <b>{known.compared_with}</b> nights</span>
            <span>file <code>{known.file}</code></span>
            {known.alert_on.length > 0 && <span>alert on {known.alert_on.join(', ')}</span>}
            <span title={moment(known.added_at)}>added <b>{ago(known.added_at)}</b></span>
          </p>
          {known.history.length === 0 ? <div class="state">No night yet. “Run now” begins one.</div> : <History job={known} />}
        </>
      )}
    </Loaded>
  );
}

function History({ job }: { job: NightlyJobView }): JSX.Element {
  const palette = colors();
  const measure = chosen('measure', measures, 'metric');
  const newest = job.history.find((night) => night.result !== null);
  const drawn = useMemo(() => nightsOf(job, measure, palette), [job, measure, palette]);
  const yName = measure === 'metric' ? newest?.result?.metric ?? 'metric' : newest?.result?.speed_unit ?? 'speed';
  const option = useMemo(() => history(drawn, yName, palette), [drawn, yName, palette]);
  return (
    <>
      {newest?.verdict && <section class="verdict" aria-label="Last night">{newest.verdict.split('\n').filter(Boolean).map((line) => <p key={line}>{line}</p>)}</section>}
      {newest && <><div class="bar-of-tools"><Choice name="measure" label="Measure" options={measures} otherwise="metric" /></div><Chart title={`${yName} of ${job.name} over the nights`} option={option} height={380} /></>}
      {newest?.result && <><h2>Night of {newest.night}</h2><Table caption={`Configurations of ${newest.night}`} rows={newest.result.configurations} keyOf={(row) => row.label} columns={resultColumns(newest.result.metric, newest.result.speed_unit)} name="configurations" rowClass={(row) => (row.is_baseline ? 'is-baseline' : '')} /></>}
      <h2>{many(job.history.length, 'night')}</h2>
      <Table caption={`Nights of ${job.name}`} rows={job.history} keyOf={(night) => night.id} columns={nightColumns} name="nights" />
    </>
  );
}

const meanOf = (values: readonly (number | string)[]): number | null => {
  const finite = values.map(toNumber).filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((sum, value) => sum + value, 0) / finite.length;
};

/** The means night by night; only nights of the same subject as the newest measured the same. */
function nightsOf(job: NightlyJobView, measure: 'metric' | 'speed', palette: ReturnType<typeof colors>): Nights[] {
  const nights = job.history.filter((night) => night.result !== null).toReversed();
  const subject = nights.at(-1)?.subject;
  // Nights that were asked for may be several of one date.
  const earlier = new Map<string, number>();
  const labels = new Map(nights.map((night) => {
    const place = 1 + (earlier.get(night.night) ?? 0);
    earlier.set(night.night, place);
    return [night.id, place === 1 ? night.night : `${night.night} (${place})`];
  }));
  const configurations = nights.at(-1)?.result?.configurations ?? [];
  const tints = configurationColors(configurations.map((row) => ({ isBaseline: row.is_baseline, cost: costOf(meanOf(Object.values(row.values)), nights.at(-1)!.result!.goal) })), palette);
  return configurations.map((row, index) => ({
    name: row.label,
    color: tints[index] ?? palette.ink,
    nights: nights.filter((night) => night.subject === subject).flatMap((night) => {
      const found = night.result!.configurations.find((one) => one.label === row.label);
      const values = found ? Object.values(measure === 'metric' ? found.values : found.speeds) : [];
      const mean = meanOf(values);
      const finite = values.map(toNumber).filter(Number.isFinite);
      const change = found?.[measure]?.change;
      return mean === null ? [] : [{ night: labels.get(night.id)!, mean, low: Math.min(...finite), high: Math.max(...finite), isRegression: change === 'regressed', isImprovement: change === 'improved', remark: found?.[measure]?.words ?? '' }];
    }),
  }));
}

const resultColumns = (name: string, unit: string): Column<NightConfiguration>[] => [
  { key: 'label', title: 'Configuration', isText: true, show: (row) => row.label, by: (row) => row.label },
  { key: 'seeds', title: 'Seeds', show: (row) => Object.keys(row.values).length },
  { key: 'mean', title: name, show: (row) => metric(meanOf(Object.values(row.values))), by: (row) => meanOf(Object.values(row.values)) },
  { key: 'change', title: 'Against before', isText: true, show: (row) => <span class="second words">{row.metric?.words ?? none}</span> },
  { key: 'p', title: 'p, all', show: (row) => probability(row.metric?.adjusted_p) },
  { key: 'speed', title: unit, show: (row) => number(meanOf(Object.values(row.speeds)), 4), by: (row) => meanOf(Object.values(row.speeds)) },
  { key: 'faster', title: 'Against before', isText: true, show: (row) => <span class="second words">{row.speed?.words ?? none}</span> },
];

const nightColumns: Column<NightView>[] = [
  { key: 'night', title: 'Night', isText: true, show: (night) => night.night, by: (night) => night.night },
  { key: 'state', title: 'State', isText: true, show: (night) => <State of={night.state} />, by: (night) => night.state },
  { key: 'events', title: 'Found', isText: true, show: (night) => <Events night={night} /> },
  { key: 'sweep', title: 'Sweep', show: (night) => (night.sweep_id === null ? none : <Link href={`/sweeps/${night.sweep_id}`}>{night.sweep_id}</Link>), by: (night) => night.sweep_id },
  { key: 'due', title: 'Due', show: (night) => `${moment(night.due_at)}${night.is_requested ? ', asked for' : ''}`, by: (night) => Date.parse(night.due_at) },
  { key: 'verdict', title: 'Verdict', isText: true, show: (night) => <span class="second wide" title={night.verdict ?? ''}>{night.verdict?.split('\n')[0] ?? none}</span> },
  { key: 'alert', title: 'Alert', isText: true, show: (night) => <span class="second" title={night.alert ?? ''}>{night.alert ?? none}</span> },
];
