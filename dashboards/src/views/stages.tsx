import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { read } from '../api/client';
import type { PageOfSharedStage } from '../api/schema';
import { Chart } from '../charts/chart';
import { arrange, stageTree, type StageBox } from '../charts/stages';
import { colors } from '../colors';
import { count, duration, many, percent } from '../format';
import { Loaded, State } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { aboutSweep } from '../live';
import { useResource } from '../resource';
import type { TabProperties } from './sweep';

/** The tree of stages by step: what is trained once for several runs. */
export function StagesTab({ sweep }: TabProperties): JSX.Element {
  const stages = useResource(`stages ${sweep.id}`, (signal) => read('/api/sweeps/{id}/stages', { path: { id: sweep.id }, query: { limit: 5000 } }, signal), aboutSweep(sweep.id, 'sweep', 'runs', 'points'));
  return (
    <Loaded of={stages} what="The stages" isEmpty={(page) => page.total === 0} empty={<p>This sweep has no stages yet; its search has not chosen a configuration.</p>}>
      {(page) => <Tree sweep={sweep} page={page} />}
    </Loaded>
  );
}

function Tree({ sweep, page }: { sweep: TabProperties['sweep']; page: PageOfSharedStage }): JSX.Element {
  const palette = colors();
  const boxes = useMemo((): StageBox[] => page.items.map((stage) => ({
    id: stage.id, parent: stage.parent_id, from: stage.from_step, to: Math.max(stage.to_step, stage.steps_done), done: stage.steps_done, state: stage.state, seed: stage.seed, runs: stage.runs.length,
    label: stage.label, seconds: stage.attempts > 0 ? stage.seconds : null, error: stage.error,
  })), [page]);
  const { placed, rows } = useMemo(() => arrange(boxes), [boxes]);
  const option = useMemo(() => stageTree(placed, rows, palette), [placed, rows, palette]);
  const shared = boxes.filter((stage) => stage.runs > 1).length;
  const words = sweep.steps_without_sharing && sweep.steps_planned !== null && sweep.steps_planned < sweep.steps_without_sharing
    ? `${many(page.total, 'stage')}, ${count(shared)} of them shared: ${count(sweep.steps_planned)} steps instead of ${count(sweep.steps_without_sharing)}, ${percent(1 - sweep.steps_planned / sweep.steps_without_sharing)} saved.`
    : `${many(page.total, 'stage')}; no two runs agree on a first part, so nothing is shared.`;
  return (
    <>
      <p>{words} {page.items.length < page.total && `The first ${count(page.items.length)} are shown.`}</p>
      <Chart title={`Stage tree of ${sweep.name}`} option={option} height={Math.min(1400, Math.max(220, 26 * rows + 90))} />
      <h2>Stages</h2>
      <Table caption={`Stages of ${sweep.name}`} rows={page.items} keyOf={(stage) => stage.id} columns={columns} />
    </>
  );
}

const columns: Column<PageOfSharedStage['items'][number]>[] = [
  { key: 'id', title: 'Stage', show: (stage) => stage.id, by: (stage) => stage.id },
  { key: 'state', title: 'State', isText: true, show: (stage) => <State of={stage.state} />, by: (stage) => stage.state },
  { key: 'from', title: 'From step', show: (stage) => count(stage.from_step), by: (stage) => stage.from_step },
  { key: 'to', title: 'To step', show: (stage) => count(stage.to_step), by: (stage) => stage.to_step },
  { key: 'done', title: 'Done', show: (stage) => (stage.to_step > stage.from_step ? percent((stage.steps_done - stage.from_step) / (stage.to_step - stage.from_step)) : count(stage.steps_done)), by: (stage) => stage.steps_done - stage.from_step },
  { key: 'seed', title: 'Seed', show: (stage) => stage.seed, by: (stage) => stage.seed },
  { key: 'runs', title: 'Runs that share it', show: (stage) => stage.runs.length, by: (stage) => stage.runs.length },
  { key: 'seconds', title: 'Time', hint: 'Of all its attempts', show: (stage) => duration(stage.seconds), by: (stage) => stage.seconds },
  { key: 'attempts', title: 'Attempts', show: (stage) => stage.attempts, by: (stage) => stage.attempts },
  { key: 'label', title: 'First configuration', isText: true, show: (stage) => <>{stage.label}{stage.error && <span class="second bad" title={stage.error}>{stage.error}</span>}</>, by: (stage) => stage.label },
];
