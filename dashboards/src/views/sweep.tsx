import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { read, send } from '../api/client';
import type { SweepView as Sweep, VerdictView } from '../api/schema';
import { useTitle } from '../app';
import { ago, count, duration, many, metric, moment, percent } from '../format';
import { Loaded, Progress, State } from '../parts/states';
import { useResource, type Resource } from '../resource';
import { aboutSweep } from '../live';
import { Link } from '../router';
import { mayChange } from '../session';
import { CurvesTab } from './curves';
import { EfficiencyTab } from './efficiency';
import { ParametersTab } from './parameters';
import { StagesTab } from './stages';
import { TableTab } from './table';
import { VerdictTab } from './verdict';

const tabs = [['curves', 'Curves'], ['efficiency', 'Sample efficiency'], ['parameters', 'Parameters'], ['stages', 'Stage tree'], ['table', 'Table'], ['verdict', 'Verdict']] as const;

/** What every tab of a sweep gets. */
export interface TabProperties {
  sweep: Sweep;
  /** The sweep's statistics, from what is stored so far. */
  verdict: Resource<VerdictView>;
}

/** One sweep: how far it is, what can be done with it, and its tabs. */
export function SweepView({ id, tab }: { id: number; tab: string }): JSX.Element {
  const sweep = useResource(`sweep ${id}`, (signal) => read('/api/sweeps/{id}', { path: { id } }, signal), aboutSweep(id, 'sweep', 'runs', 'points'));
  const verdict = useResource(`verdict ${id}`, (signal) => read('/api/sweeps/{id}/verdict', { path: { id } }, signal), aboutSweep(id, 'sweep', 'runs'));
  const title = tabs.find(([key]) => key === tab)?.[1];
  useTitle(sweep.data ? `${sweep.data.name}: ${title ?? tab}` : '');
  return (
    <Loaded of={sweep} what="The sweep">
      {(known) => (
        <>
          <Head sweep={known} reload={sweep.reload} />
          <nav class="tabs" aria-label="Parts of the sweep">
            {tabs.map(([key, name]) => <Link key={key} href={`/sweeps/${id}/${key}`} {...(key === tab ? { 'aria-current': 'page' as const } : {})}>{name}</Link>)}
          </nav>
          <Tab tab={tab} sweep={known} verdict={verdict} />
        </>
      )}
    </Loaded>
  );
}

function Tab({ tab, ...properties }: TabProperties & { tab: string }): JSX.Element {
  switch (tab) {
    case 'curves': return <CurvesTab {...properties} />;
    case 'efficiency': return <EfficiencyTab {...properties} />;
    case 'parameters': return <ParametersTab {...properties} />;
    case 'stages': return <StagesTab {...properties} />;
    case 'table': return <TableTab {...properties} />;
    case 'verdict': return <VerdictTab {...properties} />;
    default: return <div class="state">A sweep has no part {tab}.</div>;
  }
}

function Head({ sweep, reload }: { sweep: Sweep; reload: () => void }): JSX.Element {
  const saved = sweep.steps_without_sharing !== null && sweep.steps_planned !== null ? sweep.steps_without_sharing - sweep.steps_planned : 0;
  return (
    <>
      <div class="head">
        <h1>{sweep.name}</h1>
        <State of={sweep.state} />
        {sweep.is_stopping && sweep.state === 'running' && <span class="faint">ends with the runs that have begun</span>}
        <Actions sweep={sweep} reload={reload} />
      </div>
      {sweep.description && <p class="lead">{sweep.description}</p>}
      <p class="facts">
        <span>Sweep <b>{sweep.id}</b></span>
        <span>
          <Progress done={sweep.steps_planned ? sweep.steps_done : sweep.runs_completed} all={sweep.steps_planned || sweep.runs} label={`${count(sweep.runs_completed)} of ${many(sweep.runs, 'run')}`} />{' '}
          <b>{count(sweep.runs_completed)}</b> of {many(sweep.runs, 'run')}
          {sweep.runs_running > 0 && `, ${count(sweep.runs_running)} under way`}
          {sweep.runs_pruned > 0 && `, ${count(sweep.runs_pruned)} stopped early`}
          {sweep.runs_failed > 0 && <>, <b class="bad">{count(sweep.runs_failed)} failed</b></>}
        </span>
        <span><b>{count(sweep.steps_done)}</b>{sweep.steps_planned !== null && ` of ${count(sweep.steps_planned)}`} steps trained</span>
        {saved > 0 && <span><b>{percent(saved / sweep.steps_without_sharing!)}</b> saved by shared prefixes</span>}
        {sweep.steps_reused > 0 && <span><b>{count(sweep.steps_reused)}</b> steps of earlier sweeps</span>}
        <span>machine time <b>{duration(sweep.machine_seconds)}</b></span>
        {sweep.seconds_left !== null && <span>about <b>{duration(sweep.seconds_left)}</b> left</span>}
        {sweep.best && <span>best {sweep.metric} <b>{metric(sweep.best.mean)}</b> ({sweep.best.label})</span>}
        <span title={moment(sweep.created_at)}>begun <b>{ago(sweep.created_at)}</b></span>
      </p>
    </>
  );
}

const commands = [
  ['pause', 'Pause', 'running', ''],
  ['resume', 'Resume', 'paused', ''],
  ['stop', 'Stop', 'running', 'Begin no more runs? Those that have begun are finished.'],
  ['cancel', 'Cancel', 'running paused', 'End this sweep for good? What it has trained is kept; the rest is never trained.'],
] as const;

function Actions({ sweep, reload }: { sweep: Sweep; reload: () => void }): JSX.Element {
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const act = async (command: string, question: string): Promise<void> => {
    if (question && !confirm(question)) return;
    setIsBusy(true);
    setProblem('');
    try {
      await send('POST', `/sweeps/${sweep.id}/${command}`);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setIsBusy(false);
    reload();
  };
  return (
    <span class="actions">
      {problem && <span class="bad" role="alert">{problem}</span>}
      {mayChange.value && commands.filter(([command, , states]) => states.split(' ').includes(sweep.state) && !(command === 'stop' && sweep.is_stopping)).map(([command, name, , question]) => (
        <button key={command} type="button" disabled={isBusy} onClick={() => void act(command, question)}>{name}</button>
      ))}
      <a class="button" href={`/api/export/${sweep.id}.csv`} download>CSV</a>
      <a class="button" href={`/api/sweeps/${sweep.id}/file`} download={`${sweep.name}.yaml`}>Sweep file</a>
    </span>
  );
}
