import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { readAll, send } from '../api/client';
import type { MachineView } from '../api/schema';
import { useTitle } from '../app';
import { ago, count, duration, many, moment, percent } from '../format';
import { Loaded, Progress } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { useResource } from '../resource';
import { Link } from '../router';

/** All machines and what their slots do. */
export function MachinesView(): JSX.Element {
  useTitle('Machines');
  const machines = useResource('machines', (signal) => readAll('/api/machines', {}, 500, signal), ({ kind }) => kind === 'machine' || kind === 'runs' || kind === 'points');
  return (
    <>
      <div class="head"><h1>Machines</h1></div>
      <Loaded of={machines} what="The machines" isEmpty={(page) => page.total === 0} empty={<><p>No machine has joined this head.</p><p>The head trains on its own machine unless it was started with <code>--no-agent</code>. Others join with <code>./sweeps agent --head URL</code>.</p></>}>
        {(page) => <>{page.items.toSorted((a, b) => Number(b.is_alive) - Number(a.is_alive)).map((machine) => <Machine key={machine.id} machine={machine} onChange={machines.reload} />)}</>}
      </Loaded>
    </>
  );
}

function Machine({ machine, onChange }: { machine: MachineView; onChange: () => void }): JSX.Element {
  const busy = machine.slots.filter((slot) => slot.work.length > 0).length;
  return (
    <section class="card machine">
      <div class="head">
        <h2>{machine.id}</h2>
        {machine.is_alive ? <span class="badge is-completed">alive</span> : <span class="badge is-lost">silent</span>}
        {machine.drain !== 'none' && <span class="badge is-paused">draining</span>}
        <Commands machine={machine} onChange={onChange} />
      </div>
      <p class="facts">
        <span><b>{busy}</b> of {many(machine.slots.length, 'slot')} busy ({percent(machine.slots.length === 0 ? null : busy / machine.slots.length)})</span>
        <span>{machine.silent_seconds === null ? 'not heard since this head began' : <>last heard <b>{duration(machine.silent_seconds)}</b> ago</>}; a lease is {duration(machine.lease_seconds)}</span>
        <span title={moment(machine.first_seen_at)}>first seen <b>{ago(machine.first_seen_at)}</b></span>
        {machine.slots[0] && <span>{machine.slots[0].processor}</span>}
      </p>
      <Table caption={`Slots of ${machine.id}`} rows={machine.slots.flatMap(rowsOf)} keyOf={(row) => `${row.slot.index}-${row.work?.stage_id}`} columns={columns} name={`sort-${machine.id}`} />
    </section>
  );
}

/** What a machine can be asked for: its path, its label, and what is asked before. */
function Commands({ machine, onChange }: { machine: MachineView; onChange: () => void }): JSX.Element {
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const command = (method: 'POST' | 'DELETE', what: string, label: string, question = ''): JSX.Element => (
    <button
      type="button" disabled={isBusy}
      onClick={async () => {
        if (question && !confirm(question)) return;
        setIsBusy(true);
        try {
          await send(method, `/machines/${encodeURIComponent(machine.id)}${what}`);
          setProblem('');
        } catch (error) {
          setProblem(error instanceof Error ? error.message : String(error));
        }
        setIsBusy(false);
        onChange();
      }}
    >
      {label}
    </button>
  );
  return (
    <span class="actions">
      {machine.drain === 'none' ? command('POST', '/drain', 'Drain') : command('POST', '/resume', 'Resume')}
      {machine.drain !== 'now' && busyOf(machine) && command('POST', '/drain?now=true', 'Drain now', `Let what ${machine.id} trains write checkpoints and go on elsewhere?`)}
      {!machine.is_alive && command('DELETE', '', 'Forget', `Forget ${machine.id}? An agent of its name makes it known again.`)}
      {problem && <span class="bad" role="alert">{problem}</span>}
    </span>
  );
}

const busyOf = (machine: MachineView): boolean => machine.slots.some((slot) => slot.work.length > 0);

type Slot = MachineView['slots'][number];
type Row = { slot: Slot; work: Slot['work'][number] | undefined };

/** A row for each attempt that has a part of a slot, or for the slot that has none. */
const rowsOf = (slot: Slot): Row[] => (slot.work.length === 0 ? [{ slot, work: undefined }] : slot.work.map((work) => ({ slot, work })));

const columns: Column<Row>[] = [
  { key: 'index', title: 'Slot', show: ({ slot }) => slot.index },
  { key: 'name', title: 'Device', isText: true, show: ({ slot, work }) => <>{slot.gpu === null ? `${slot.name}, ${many(slot.threads, 'thread')}` : `GPU ${slot.gpu}: ${slot.name}`}{work && work.share < 1 && <span class="faint"> {percent(work.share)} of it</span>}</> },
  { key: 'sweep', title: 'Sweep', isText: true, show: ({ work }) => (work ? <Link href={`/sweeps/${work.sweep_id}`}>{work.sweep_name}</Link> : <span class="faint">idle</span>) },
  { key: 'stage', title: 'Stage', isText: true, show: ({ work }) => work && <>{work.label} · seed {work.seed} <span class="faint">stage {work.stage_id}, attempt {work.attempt}</span></> },
  {
    key: 'steps', title: 'Steps',
    show: ({ work }) => work && (work.to_step > work.from_step
      ? <><Progress done={work.steps_done - work.from_step} all={work.to_step - work.from_step} label={`${count(work.steps_done)} of ${count(work.to_step)} steps`} /> {count(work.steps_done)}/{count(work.to_step)}</>
      : count(work.steps_done)),
  },
  { key: 'since', title: 'Since', show: ({ work }) => work && <time dateTime={work.started_at} title={moment(work.started_at)}>{ago(work.started_at)}</time> },
];
