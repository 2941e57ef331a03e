import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { numeric, read, toNumber } from '../api/client';
import type { RunView as Run } from '../api/schema';
import { useTitle } from '../app';
import { Chart, narrow } from '../charts/chart';
import { curves } from '../charts/curves';
import { colors } from '../colors';
import { count, duration, metric, moment, number } from '../format';
import { textOf } from '../parameters';
import { Choice, chosen, Switch } from '../parts/fields';
import { Loaded, State } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { useResource } from '../resource';
import { choice, Link } from '../router';
import { aboutRun } from '../live';

const axes = [['steps', 'Steps'], ['tokens', 'Tokens'], ['seconds', 'Seconds']] as const;
const axisNames = { steps: 'Training steps', tokens: 'Training tokens', seconds: 'Training seconds' } as const;

/** One run with its metrics, stages, attempts and log. */
export function RunView({ id }: { id: number }): JSX.Element {
  const run = useResource(`run ${id}`, (signal) => read('/api/runs/{id}', { path: { id } }, signal), aboutRun(id));
  useTitle(run.data ? `Run ${id} of ${run.data.sweep_name}` : '');
  return <Loaded of={run} what="The run">{(known) => <Content run={known} />}</Loaded>;
}

function Content({ run }: { run: Run }): JSX.Element {
  const attempts = run.stages.flatMap((stage) => stage.attempts.map((attempt) => ({ ...attempt, stage: stage.id })));
  const checkpoints = run.stages.flatMap((stage) => stage.checkpoints.map((checkpoint) => ({ ...checkpoint, stage: stage.id })));
  const devices = [...new Set(run.stages.map((stage) => stage.device).filter((device) => device !== null))];
  return (
    <>
      <div class="head"><h1>{run.configuration.label}</h1><State of={run.state} /><span class="faint">seed {run.seed}</span></div>
      <p class="facts">
        <span>Run <b>{run.id}</b> of sweep <Link href={`/sweeps/${run.sweep_id}`}>{run.sweep_name}</Link></span>
        <span><b>{count(run.steps_done)}</b>{run.steps > 0 && ` of ${count(run.steps)}`} steps</span>
        {devices.length > 0 && <span>on {devices.join('; ')}</span>}
      </p>
      {run.error && <pre class="bad" role="alert">{run.error}</pre>}
      <h2>Metrics</h2>
      <Metrics run={run} />
      <div class="columns">
        <section>
          <h2>Parameters</h2>
          <dl class="pairs">{Object.entries(run.configuration.parameters).map(([name, value]) => <><dt key={name}>{name}</dt><dd>{textOf(value)}</dd></>)}</dl>
        </section>
        <section>
          <h2>Values</h2>
          <Table caption="Metrics of the run" rows={run.metrics} keyOf={(row) => row.name} columns={values} name="values" />
        </section>
      </div>
      <h2>Samples</h2>
      <Samples run={run} />
      <h2>Attempts</h2>
      {attempts.length === 0 ? <p class="faint">Nothing of it has begun.</p> : <Table caption="Attempts of the run" rows={attempts} keyOf={(row) => `${row.stage}.${row.number}`} columns={attemptColumns} name="attempts" />}
      <h2>Checkpoints</h2>
      {checkpoints.length === 0 ? <p class="faint">None is kept.</p> : <Table caption="Checkpoints of the run" rows={checkpoints} keyOf={(row) => `${row.stage}.${row.step}`} columns={checkpointColumns} name="checkpoints" />}
      <h2>Log</h2>
      <Log run={run} />
    </>
  );
}

function Metrics({ run }: { run: Run }): JSX.Element {
  const palette = colors();
  const x = chosen('x', axes, 'steps');
  const series = useResource(`series ${run.id}`, (signal) => read('/api/runs/{id}/metrics', { path: { id: run.id }, query: { points: 500 } }, signal), aboutRun(run.id));
  const isLogY = choice('logy', '') === '1';
  const options = useMemo(() => (series.data ?? []).map((one) => ({
    name: one.name,
    option: {
      ...curves([{ name: one.name, color: palette.series[0]!, isBaseline: false, x: one[x], y: one.values.map(toNumber) }], { xName: axisNames[x], yName: one.name, isLogX: false, isLogY, smoothing: 0, mark: null, palette }),
      legend: { show: false }, grid: { left: 64, right: 20, top: 12, bottom: 46 }, dataZoom: [{ type: 'inside', xAxisIndex: 0, filterMode: 'none' }], ...narrow({}), // no legend, so no room for it
    },
  })), [series.data, x, isLogY, palette]);
  return (
    <Loaded of={series} what="The metrics" isEmpty={(data) => data.length === 0} empty={<p>No point yet. The first one appears here by itself.</p>}>
      {() => (
        <>
          <div class="bar-of-tools"><Choice name="x" label="Against" options={axes} otherwise="steps" /><Switch name="logy">log y</Switch></div>
          <div class="columns">{options.map(({ name, option }) => <Chart key={name} title={`${name} of run ${run.id}`} option={option} height={230} tools={<strong>{name}</strong>} />)}</div>
        </>
      )}
    </Loaded>
  );
}

/** What the model wrote at the end of the run, or at an end that the run has in common with a shorter one. */
function Samples({ run }: { run: Run }): JSX.Element {
  const samples = useResource(`samples ${run.id}`, (signal) => read('/api/runs/{id}/samples', { path: { id: run.id } }, signal), (happening) => happening.kind === 'runs' && aboutRun(run.id)(happening));
  return (
    <Loaded of={samples} what="The samples" isEmpty={(data) => data.length === 0}
      empty={<p>{run.state === 'completed' ? 'Its model wrote no text: other programs have none, and “samples: {value: 0}” turns them off.' : 'Its model writes some text when the run is complete; it appears here by itself.'}</p>}>
      {(data) => (
        <div class="columns">
          {data.map((sample) => (
            <figure key={`${sample.step}.${sample.number}`} class="sample">
              <figcaption class="faint">Sample {sample.number + 1} at step {count(sample.step)}{sample.expected !== null && (sample.text.trimEnd() === sample.expected.trimEnd() ? <b class="good"> as expected</b> : <b class="bad"> expected <code>{sample.expected}</code></b>)}</figcaption>
              <pre class="log" tabIndex={0} aria-label={`Sample ${sample.number + 1}`} dir="auto">{sample.prompt.trim() && <span class="faint">{sample.prompt} </span>}{sample.text.replace(/^\n+/, '')}</pre>
            </figure>
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Log({ run }: { run: Run }): JSX.Element {
  const log = useResource(`log ${run.id}`, (signal) => read('/api/runs/{id}/log', { path: { id: run.id }, query: { lines: 200 } }, signal), aboutRun(run.id));
  return (
    <Loaded of={log} what="The log" isEmpty={(data) => data.lines.length === 0} empty={<p>Nothing was logged, or the log lies on another machine.</p>}>
      {(data) => <><p class="faint">Stage {data.stage_id}, attempt {data.attempt}{data.is_cut && ': its last lines'}</p><pre class="log" tabIndex={0} aria-label="Log">{data.lines.join('\n')}</pre></>}
    </Loaded>
  );
}

const values: Column<Run['metrics'][number]>[] = [
  { key: 'name', title: 'Metric', isText: true, show: (row) => row.name, by: (row) => row.name },
  { key: 'last', title: 'Last', show: (row) => number(toNumber(row.last)), by: (row) => toNumber(row.last) },
  { key: 'min', title: 'Least', show: (row) => number(numeric(row.min)), by: (row) => toNumber(row.min) },
  { key: 'max', title: 'Most', show: (row) => number(numeric(row.max)), by: (row) => toNumber(row.max) },
  { key: 'step', title: 'At step', show: (row) => count(row.last_step), by: (row) => row.last_step },
  { key: 'count', title: 'Points', show: (row) => count(row.count), by: (row) => row.count },
];

type Attempt = Run['stages'][number]['attempts'][number] & { stage: number };

const attemptColumns: Column<Attempt>[] = [
  { key: 'stage', title: 'Stage', show: (row) => row.stage, by: (row) => row.stage },
  { key: 'number', title: 'Attempt', show: (row) => row.number, by: (row) => row.number },
  { key: 'outcome', title: 'Outcome', isText: true, show: (row) => <><State of={(row.outcome ?? 'running').replace('_', ' ')} />{row.error && <span class="second bad" title={row.error}>{row.error}</span>}</>, by: (row) => row.outcome },
  { key: 'machine', title: 'Machine', isText: true, show: (row) => `${row.machine}, slot ${row.slot}`, by: (row) => row.machine },
  { key: 'from', title: 'From step', show: (row) => count(row.resumed_from), by: (row) => row.resumed_from },
  { key: 'last', title: 'To step', show: (row) => count(row.last_step), by: (row) => row.last_step },
  { key: 'begun', title: 'Begun', show: (row) => moment(row.started_at), by: (row) => Date.parse(row.started_at) },
  { key: 'took', title: 'Took', show: (row) => (row.ended_at ? duration((Date.parse(row.ended_at) - Date.parse(row.started_at)) / 1000) : 'under way') },
  { key: 'counted', title: 'Uses a retry', isText: true, show: (row) => (row.is_counted ? 'yes' : 'no') },
];

type Checkpoint = Run['stages'][number]['checkpoints'][number] & { stage: number };

const checkpointColumns: Column<Checkpoint>[] = [
  { key: 'step', title: 'Step', show: (row) => count(row.step), by: (row) => row.step },
  { key: 'stage', title: 'Stage', show: (row) => row.stage, by: (row) => row.stage },
  { key: 'bytes', title: 'MiB', show: (row) => metric(row.bytes / 2 ** 20, 1), by: (row) => row.bytes },
  { key: 'at', title: 'Written', show: (row) => moment(row.created_at), by: (row) => Date.parse(row.created_at) },
  { key: 'path', title: 'Directory', isText: true, show: (row) => <code>{row.path}</code> },
];
